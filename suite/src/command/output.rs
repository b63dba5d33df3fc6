//! Where reports go and how they may look there.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

/// Whether a stream may have colours: a terminal, and no wish to the contrary.
pub(super) fn colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// The columns of the report: `COLUMNS` if it says something sensible, else 100.
pub(super) fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    said.map_or(100, |columns: usize| columns.clamp(60, 120))
}

/// A file, or standard output.
pub(super) fn open(path: Option<&Path>) -> Result<Box<dyn Write + Send>, String> {
    match path {
        Some(path) => match File::create(path) {
            Ok(file) => Ok(Box::new(BufWriter::new(file))),
            Err(error) => Err(format!("{} cannot be written: {error}", path.display())),
        },
        None => Ok(Box::new(io::stdout())),
    }
}

/// Writes a whole text; a reader that has gone away is no fault.
pub(super) fn write(path: Option<&Path>, text: &str) -> Result<(), String> {
    let mut out = open(path)?;
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(format!("the report cannot be written: {error}"))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
