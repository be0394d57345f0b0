//! Which installation a command is about.

use std::path::PathBuf;

use clap::Args;

use crate::config::Settings;

/// Where the data is.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Where {
    /// Folder of the embedded database and of letters kept as files [default: data beside the configuration file, or ./data; demo: ./data/demo].
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
}

impl Where {
    /// Puts it over what the configuration says.
    pub(in crate::cli) fn apply(&self, settings: &mut Settings) {
        if let Some(data) = &self.data {
            settings.set("server.data_dir", data.display().to_string());
        }
    }
}
