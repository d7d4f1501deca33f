//! What the console's requests and answers hold. TypeScript and OpenAPI are generated from here.
//!
//! Views of davy-core appear as they are. Times are milliseconds since 1970; ids are UUID text, hashes hex.

mod checklist;
mod desk;
mod directory;
mod finding;
mod inspection;
mod session;
mod system;

pub use checklist::*;
pub use desk::*;
pub use directory::*;
pub use finding::*;
pub use inspection::*;
pub use session::*;
pub use system::*;

/// Gives a type of the console API everything it needs to travel.
macro_rules! dto {
    ($($(#[$meta:meta])* $vis:vis $kind:ident $name:ident $body:tt)*) => {$(
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS, utoipa::ToSchema)]
        #[ts(export_to = "console.ts")]
        $(#[$meta])*
        $vis $kind $name $body
    )*};
}
use dto;
