//! The canonical report: one event a line, each with `schema` and `event`, written as it happens.

use std::io::{self, Write};

use serde::Serialize;

use crate::run::event::{Event, Listener, SCHEMA};

/// Writes each event as one line of JSON.
#[derive(Debug)]
pub struct Ndjson<W: Write + Send> {
    out: W,
    fault: Option<io::Error>,
}

#[derive(Serialize)]
struct Line<'a> {
    schema: u32,
    #[serde(flatten)]
    event: &'a Event,
}

impl<W: Write + Send> Ndjson<W> {
    /// Writes to `out`.
    pub fn new(out: W) -> Self {
        Self { out, fault: None }
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// The first fault of writing; everything after it was dropped.
    pub fn end(mut self) -> io::Result<W> {
        match self.fault {
            Some(fault) => Err(fault),
            None => {
                self.out.flush()?;
                Ok(self.out)
            }
        }
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, &Line { schema: SCHEMA, event })?;
        self.out.write_all(b"\n")
    }
}

impl<W: Write + Send> Listener for Ndjson<W> {
    fn on(&mut self, event: &Event) {
        if self.fault.is_none() {
            self.fault = self.write(event).err();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn each_line_carries_schema_and_event() {
        let mut ndjson = Ndjson::new(Vec::new());
        ndjson.on(&samples::started("embedded", "auth0", 1));
        ndjson.on(&Event::RunFinished(crate::run::event::RunFinished::default()));
        let text = String::from_utf8(ndjson.end().unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with(r#"{"schema":1,"event":"run_started","suite":"0.1.0""#), "{text}");
        assert!(lines[1].starts_with(r#"{"schema":1,"event":"run_finished","#), "{text}");
    }
}
