//! What the readers under `scripts/fuzz` make of the inputs it begins with. That they are read at all is what makes it
//! worth changing them.

mod targets;

use std::fs;
use std::path::Path;

#[test]
fn the_inputs_to_begin_with_are_read() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds");
    let mut told = Vec::new();
    for group in ["documents", "mails", "words", "files"] {
        let read = targets::named(group).unwrap();
        for file in fs::read_dir(seeds.join(group)).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().into_string().unwrap();
            told.push(format!("{group}/{name}: {}", read(&fs::read(file.path()).unwrap())));
        }
    }
    told.sort();
    insta::assert_snapshot!(told.join("\n"));
}
