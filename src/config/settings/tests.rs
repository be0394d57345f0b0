use super::*;
use crate::config::Config;
use crate::config::keys::KEYS;

fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Settings::read(None, &environment).and_then(|s| Config::from_settings(&s))
}

#[test]
fn the_defaults_are_all_allowed() {
    for key in KEYS {
        assert!(key.kind.accepts(key.default) || key.default.is_empty(), "{}", key.name);
    }
    let config = with(&[]).unwrap();
    assert_eq!(config.first_policy.segment("shared").threshold, 3);
    assert_eq!(config.server.public_url, "http://127.0.0.1:8080");
}

#[test]
fn every_key_can_be_set_by_a_variable() {
    let config = with(&[
        ("SAFEHARBOR_SERVER__LISTEN", "[::1]:9000"),
        ("SAFEHARBOR_SEGMENTS__CLOUD__DEADLINE", "72h"),
        ("DATABASE_URL", "postgres://me:secret@db/safeharbor"),
    ])
    .unwrap();
    assert_eq!(config.server.listen.port(), 9000);
    assert_eq!(config.first_policy.segments.keys().collect::<Vec<_>>(), ["cloud"]);
    assert_eq!(format!("{:?}", config.database.url), "postgres://db/safeharbor");
}

#[test]
fn every_mistake_is_named_with_what_is_allowed() {
    let error = with(&[
        ("SAFEHARBOR_SERVER__LISTN", "x"),
        ("SAFEHARBOR_POLICY__WINDOW", "six months"),
        ("SAFEHARBOR_MAIL__SMTP_PORT", "99999"),
    ]);
    let Err(ConfigError::Wrong(lines)) = error else { panic!("{error:?}") };
    let text = lines.join("\n");
    assert_eq!(lines.len(), 3, "{text}");
    assert!(
        text.contains("unknown key server.listn in SAFEHARBOR_SERVER__LISTN; did you mean server.listen?"),
        "{text}"
    );
    assert!(text.contains("policy.window = \"six months\""), "{text}");
    assert!(text.contains("a whole number from 1 to 65535"), "{text}");
}

#[test]
fn no_secret_is_ever_shown() {
    let secret = "hunter2-\u{7}";
    for key in KEYS.iter().filter(|key| key.secret) {
        let variable = spelling::variable(key.name);
        let error = with(&[(variable.as_str(), secret)]).unwrap_err();
        assert!(!error.to_string().contains("hunter2") && error.to_string().contains(key.name), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.toml");
        let (section, name) = key.name.split_once('.').unwrap();
        for broken in [
            format!("[{section}]\n{name} = \"hunter2"),
            format!("[{section}]\n{name} = hunter2"),
            format!("[{section}]\n{name} = \"hunter2\" hunter2"),
            format!("[{section}]\n{name}x = \"hunter2\""),
            format!("[{section}]\n{name} = [\"hunter2\", \"hunter2\\u0007\"]"),
            format!("[{section}]\n{name} = \"hunter2\"\n{name} = \"hunter2\""),
        ] {
            std::fs::write(&file, &broken).unwrap();
            let error = Settings::read(Some(&file), &Environment::new()).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{broken}: {error}");
        }
    }
    let good = [
        ("DATABASE_URL", "postgres://me:hunter2@db/safeharbor?password=hunter2"),
        ("SAFEHARBOR_MAIL__SMTP_HOST", "mail.example"),
        ("SAFEHARBOR_MAIL__SMTP_PASSWORD", "hunter2"),
        ("SAFEHARBOR_SERVER__METRICS_TOKEN", "hunter2"),
    ];
    let environment = good.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let settings = Settings::read(None, &environment).unwrap();
    let all = format!("{settings:?} {:#?}", Config::from_settings(&settings).unwrap());
    assert!(!all.contains("hunter2") && all.contains("mail.example"), "{all}");
    for wrong in ["mysql://u:hunter2@db/x", "postgres://u:hun/ter2@db/x", "postgres://u:hunter2%@db/x", "hunter2"] {
        let error = with(&[("DATABASE_URL", wrong)]).unwrap_err().to_string();
        assert!(!error.contains("ter2") && error.contains("database.url"), "{error}");
    }
    let key = "-----BEGIN PRIVATE KEY-----\nhunter2\n";
    let error = with(&[("SAFEHARBOR_MAIL__DKIM_KEY_FILE", key)]).unwrap_err().to_string();
    assert!(!error.contains("hunter2"), "{error}");
}

#[test]
fn paths_of_the_file_begin_at_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.toml");
    let of = |text: &str, environment: &[(&str, &str)]| {
        std::fs::write(&file, text).unwrap();
        let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let config = Config::from_settings(&Settings::read(Some(&file), &environment).unwrap()).unwrap();
        (config.server.data_dir, format!("{:?}", config.database.url), config.mail.dkim.map(|d| d.key_file))
    };
    let here = |name: &str| folder.path().join(name);
    let database = |name: &str| format!("sqlite://{}", here(name).display());
    assert_eq!(of("", &[]), (here("data"), database("data/safeharbor.db"), None));
    let text = "[server]\ndata_dir = \"store\"\n[mail]\ndkim_domain = \"a.example\"\ndkim_key_file = \"./k.pem\"\n";
    assert_eq!(of(text, &[]), (here("store"), database("store/safeharbor.db"), Some(here("k.pem"))));
    let absolute = of("[server]\ndata_dir = \"/var/lib/x\"\n[database]\nurl = \"sqlite://a.db\"\n", &[]);
    assert_eq!(absolute, (PathBuf::from("/var/lib/x"), database("a.db"), None));
    let typed = of(text, &[("SAFEHARBOR_SERVER__DATA_DIR", "elsewhere")]);
    assert_eq!(typed.0, PathBuf::from("elsewhere"), "a variable is typed where the command is");
}

#[test]
fn what_kubernetes_sets_is_no_setting() {
    let set = [("SAFEHARBOR_SERVICE_HOST", "10.0.0.1"), ("SAFEHARBOR_PORT_8080_TCP_ADDR", "10.0.0.1")];
    assert!(with(&set).is_ok());
    let error = with(&[("SAFEHARBOR_SERVER_LISTEN", "127.0.0.1:1")]).unwrap_err().to_string();
    assert!(error.contains("did you mean server.listen? Its variable is SAFEHARBOR_SERVER__LISTEN."), "{error}");
}
