//! What each file of `src/` uses of ours: its imports and paths, resolved to files. Reads tokens, so that nested braces,
//! aliases, globs, `self::`, `super::super::` and paths inside macros count; comments, texts and tests do not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path of modules from the root of the crate, such as `["actions", "cases"]`.
pub type Module = Vec<String>;

/// A file of `src/`.
pub struct Source {
    /// From `src/`, such as `actions/cases/mod.rs`.
    pub file: String,
    pub lines: usize,
    /// Other files that it uses.
    pub uses: BTreeSet<String>,
    /// Crates of others that it names.
    pub crates: BTreeSet<String>,
    pub is_async: bool,
}

/// One element of a path: a name, or a piece of punctuation that ends it.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Name(String),
    Colons,
    Other,
}

/// All files of `src/`.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    files(&root, &mut found);
    let texts: Vec<(String, String)> = found
        .into_iter()
        .map(|path| (path.strip_prefix(&root).unwrap().display().to_string(), fs::read_to_string(&path).unwrap()))
        .collect();
    let modules: BTreeMap<Module, String> = texts
        .iter()
        .map(|(file, _)| (module_of(file), file.clone()))
        .filter(|(module, _)| !module.is_empty())
        .collect();
    texts.iter().map(|(file, text)| read(file, text, &modules)).collect()
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

fn module_of(file: &str) -> Module {
    let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
    if matches!(path, "lib" | "main") { Vec::new() } else { path.split('/').map(str::to_owned).collect() }
}

fn read(file: &str, text: &str, modules: &BTreeMap<Module, String>) -> Source {
    let tokens: Vec<TokenTree> = TokenStream::from_str(text).unwrap().into_iter().collect();
    let module = module_of(file);
    let mut paths = Vec::new();
    collect(&without_tests(&tokens), 0, &mut paths);
    let mut source = Source {
        file: file.to_owned(),
        lines: text.split("#[cfg(test)]").next().unwrap().lines().count(),
        uses: BTreeSet::new(),
        crates: BTreeSet::new(),
        is_async: false,
    };
    // Names that imports bring in, so that `letters::get` counts for the file that `letters` is.
    let mut names: BTreeMap<String, Module> = BTreeMap::new();
    for path in paths.iter().filter(|p| p.imported) {
        if let Some(absolute) = resolve(path.outside(), &module, &BTreeMap::new(), modules) {
            names.insert(path.alias.clone().or(path.names.last().cloned()).unwrap_or_default(), absolute);
        }
    }
    for path in &paths {
        source.is_async |= path.names == ["async"];
        match resolve(path.outside(), &module, if path.imported { &NONE } else { &names }, modules) {
            Some(absolute) => source.uses.extend(file_of(&absolute, modules).filter(|f| f != file)),
            None => source.crates.extend(path.names.first().filter(|_| path.names.len() > 1).cloned()),
        }
    }
    source
}

static NONE: BTreeMap<String, Module> = BTreeMap::new();

/// A path as it is written.
struct Written {
    names: Vec<String>,
    alias: Option<String>,
    imported: bool,
    /// How many modules inside the file it stands in.
    depth: usize,
}

impl Written {
    /// As it would be written outside of modules inside the file.
    fn outside(&self) -> &[String] {
        let inside = self.names.iter().take_while(|name| *name == "super").take(self.depth).count();
        &self.names[inside..]
    }
}

/// Leaves out items behind `#[cfg(test)]`, which may reach further, and restrictions of `pub`.
fn without_tests(tokens: &[TokenTree]) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let text = tokens.get(at + 1).map(|t| t.to_string().replace(' ', ""));
        if tokens[at].to_string() == "#" && text.as_deref() == Some("[cfg(test)]") {
            while !matches!(&tokens[at], TokenTree::Group(g) if g.delimiter() == Delimiter::Brace)
                && tokens[at].to_string() != ";"
            {
                at += 1;
            }
        } else if tokens[at].to_string() == "pub" && text.as_deref().is_some_and(is_restriction) {
            at += 1;
        } else {
            kept.push(tokens[at].clone());
        }
        at += 1;
    }
    kept
}

/// Whether this follows `pub` to say who may see something.
fn is_restriction(text: &str) -> bool {
    ["(in", "(super)", "(crate)", "(self)"].iter().any(|start| text.starts_with(start))
}

fn collect(tokens: &[TokenTree], depth: usize, found: &mut Vec<Written>) {
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Ident(word) if word == "use" && !is_punct(tokens.get(at + 1), '<') => {
                at += 1;
                at = tree(tokens, at, (&[], depth), found);
            }
            // A declaration is no use; the rest of a module inside the file has a `super` more.
            TokenTree::Ident(word) if word == "mod" => {
                at += 2;
                if let Some(TokenTree::Group(group)) = tokens.get(at) {
                    collect(&without_tests(&group.stream().into_iter().collect::<Vec<_>>()), depth + 1, found);
                    at += 1;
                }
            }
            TokenTree::Ident(_) => {
                let (names, next) = path(tokens, at);
                found.push(Written { names, alias: None, imported: false, depth });
                at = next;
            }
            TokenTree::Group(group) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                collect(&without_tests(&inside), depth, found);
                at += 1;
            }
            _ => at += 1,
        }
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == wanted)
}

/// What a place in the tokens is to a path.
fn piece(tokens: &[TokenTree], at: usize) -> Piece {
    match tokens.get(at) {
        Some(TokenTree::Ident(name)) => Piece::Name(name.to_string()),
        Some(TokenTree::Punct(_)) if is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':') => {
            Piece::Colons
        }
        _ => Piece::Other,
    }
}

/// The path that begins here, and where it ends.
fn path(tokens: &[TokenTree], mut at: usize) -> (Vec<String>, usize) {
    let mut names = Vec::new();
    while let Piece::Name(name) = piece(tokens, at) {
        names.push(name);
        at += 1;
        if piece(tokens, at) != Piece::Colons || !matches!(piece(tokens, at + 2), Piece::Name(_)) {
            break;
        }
        at += 2;
    }
    (names, at)
}

/// The imports of a `use` from here on, and where it ends.
fn tree(tokens: &[TokenTree], mut at: usize, (before, depth): (&[String], usize), found: &mut Vec<Written>) -> usize {
    if is_punct(tokens.get(at), '$') {
        at += 1;
    }
    let (names, next) = path(tokens, at);
    at = next;
    let mut all: Vec<String> = before.iter().cloned().chain(names).collect();
    if piece(tokens, at) == Piece::Colons {
        at += 2;
    }
    match tokens.get(at) {
        Some(TokenTree::Group(group)) => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let mut inner = 0;
            while inner < inside.len() {
                inner = tree(&inside, inner, (&all, depth), found);
                inner += 1;
            }
            return at + 1;
        }
        Some(TokenTree::Punct(p)) if p.as_char() == '*' => at += 1,
        _ => {
            if all.len() > 1 && all.last().is_some_and(|n| n == "self") {
                all.pop();
            }
        }
    }
    let mut alias = None;
    if matches!(tokens.get(at), Some(TokenTree::Ident(word)) if word == "as") {
        at += 1;
        alias = tokens.get(at).map(ToString::to_string);
        at += 1;
    }
    found.push(Written { names: all, alias, imported: true, depth });
    at
}

/// A path from the root of the crate; nothing for what is not ours.
fn resolve(
    names: &[String],
    module: &Module,
    imported: &BTreeMap<String, Module>,
    modules: &BTreeMap<Module, String>,
) -> Option<Module> {
    let (first, rest) = names.split_first()?;
    let child: Module = module.iter().chain([first]).cloned().collect();
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some(module.iter().chain(rest).cloned().collect()),
        "super" => {
            let up = names.iter().take_while(|n| *n == "super").count();
            let above = module.get(..module.len().checked_sub(up)?)?;
            Some(above.iter().chain(&names[up..]).cloned().collect())
        }
        _ if modules.contains_key(&child) => Some(child.iter().chain(rest).cloned().collect()),
        _ => imported.get(first).map(|before| before.iter().chain(rest).cloned().collect()),
    }
}

/// The file that holds what a path names: that of the longest module in it.
fn file_of(path: &Module, modules: &BTreeMap<Module, String>) -> Option<String> {
    (1..=path.len()).rev().find_map(|n| modules.get(&path[..n])).cloned()
}
