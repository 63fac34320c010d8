use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::Task;

/// How an archive is taken.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// What its image is called, instead of the name in the archive.
    #[param(max_length = 512)]
    pub name: Option<String>,
}

/// An archive that was taken.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Uploaded {
    /// Its images, by their ids.
    pub images: Vec<i64>,
    /// The task that scans them.
    pub task: Task,
}
