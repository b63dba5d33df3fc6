//! The authority's certificate in a file, for clients that have to trust it: in a fresh directory that nobody else can
//! write, since whoever could exchange it would be trusted.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::path::PathBuf;

/// How many names are tried; those that are taken were left behind by processes that were killed.
const TRIES: u32 = 100;

/// The file; it is removed when dropped, with its directory.
pub(crate) struct CaFile {
    folder: PathBuf,
}

impl CaFile {
    /// Writes it.
    pub(crate) fn write(pem: &str) -> io::Result<Self> {
        let kept = Self { folder: fresh_folder()? };
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(kept.path())?.write_all(pem.as_bytes())?;
        Ok(kept)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }
}

impl Drop for CaFile {
    fn drop(&mut self) {
        // Nothing can be done about it here, and no later start minds.
        let _ = fs::remove_file(self.path());
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Making it fails if it is there: it is not taken over from somebody else.
fn fresh_folder() -> io::Result<PathBuf> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let mut taken = io::Error::from(io::ErrorKind::AlreadyExists);
    for number in 0..TRIES {
        let folder = std::env::temp_dir().join(format!("ropg-server-{}-{number}", std::process::id()));
        match builder.create(&folder) {
            Ok(()) => return Ok(folder),
            Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => taken = fault,
            Err(fault) => return Err(fault),
        }
    }
    Err(taken)
}
