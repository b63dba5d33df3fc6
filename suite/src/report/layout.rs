//! Columns, wrapping and colour for people's terminals.

/// The colours of a report; all of them are additions, nothing is said by colour alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paint {
    /// Whether there are any.
    pub colour: bool,
}

impl Paint {
    /// What does not hold.
    #[must_use]
    pub fn red(self, text: &str) -> String {
        self.wrap("31;1", text)
    }

    /// What holds.
    #[must_use]
    pub fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// What wants a look.
    #[must_use]
    pub fn yellow(self, text: &str) -> String {
        self.wrap("33", text)
    }

    /// Labels and what can be skipped.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// Heads.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// The column at which the text of a card begins, after `  Statement  `.
const INDENT: usize = 13;

/// Lines of `label  text`, the text wrapped to `width` and indented under itself.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) width: usize,
    pub(super) paint: Paint,
    lines: Vec<String>,
}

impl Sheet {
    pub(super) fn new(width: usize, paint: Paint) -> Self {
        Self { width, paint, lines: Vec::new() }
    }

    /// A line as it stands.
    pub(super) fn line(&mut self, text: impl Into<String>) {
        self.lines.push(text.into());
    }

    /// A line with `left` at the margin and `right` at the other, or on two lines if they do not fit.
    pub(super) fn head(&mut self, word: &str, left: &str, right: &str) {
        let used = count(word) + 2 + count(left);
        let space = self.width.saturating_sub(used + count(right));
        let painted = match word {
            "FAIL" | "ERROR" => self.paint.red(word),
            _ => self.paint.yellow(word),
        };
        let left = self.paint.bold(left);
        if space >= 2 {
            self.line(format!("{painted}  {left}{}{right}", " ".repeat(space)));
        } else {
            self.line(format!("{painted}  {left}"));
            self.line(format!("{}{right}", " ".repeat(self.width.saturating_sub(count(right)))));
        }
    }

    /// A labelled paragraph; an empty label continues the one before.
    pub(super) fn field(&mut self, label: &str, text: &str) {
        for (index, line) in wrap(text, self.width - INDENT).iter().enumerate() {
            self.put(if index == 0 { label } else { "" }, line);
        }
    }

    /// A labelled line that must not be wrapped, since it will be copied.
    pub(super) fn put(&mut self, label: &str, text: &str) {
        let painted = self.paint.dim(&format!("{label:<0$}", INDENT - 2));
        let line = format!("  {painted}{text}");
        self.line(if self.paint.colour { line } else { line.trim_end().to_owned() });
    }

    /// The width of the text of a field.
    pub(super) fn inner(&self) -> usize {
        self.width - INDENT
    }

    pub(super) fn text(self) -> String {
        let mut text = self.lines.join("\n");
        text.push('\n');
        text
    }
}

/// Characters, which is what a terminal's columns are for the texts that occur here.
pub(super) fn count(text: &str) -> usize {
    text.chars().count()
}

/// At most `width` characters, the last one `…` if something was left out.
pub(super) fn clip(text: &str, width: usize) -> String {
    if count(text) <= width {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(width.saturating_sub(1)).collect();
    out.push('…');
    out
}

/// Breaks at spaces; a word that is longer than a line is cut. Line breaks of the text are kept.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            let mut word = word.to_owned();
            if !line.is_empty() && count(&line) + 1 + count(&word) > width {
                lines.push(std::mem::take(&mut line));
            }
            while count(&word) > width {
                let rest: String = word.chars().skip(width).collect();
                lines.push(word.chars().take(width).collect());
                word = rest;
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// `1 case`, `2 cases`.
pub(super) fn many(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// Milliseconds as people say them.
pub(super) fn duration(millis: f64) -> String {
    if millis < 1000.0 {
        format!("{millis:.0} ms")
    } else if millis < 120_000.0 {
        format!("{:.1} s", millis / 1000.0)
    } else {
        format!("{:.1} min", millis / 60_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_at_spaces_and_long_words_are_cut() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(wrap("a\nb", 9), ["a", "b"]);
        assert_eq!(clip("‹redacted›", 4), "‹re…");
        assert_eq!((duration(12.3), duration(1234.0)), ("12 ms".to_owned(), "1.2 s".to_owned()));
    }
}
