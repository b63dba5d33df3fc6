//! A shell command over several lines, broken between its arguments so that it can still be copied.

/// The lines of `command`, each but the last ending in ` \`, none longer than `width` unless one argument is.
pub(super) fn broken(command: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in units(&arguments(command)) {
        let length = super::layout::count(&line) + 1 + super::layout::count(&word) + 2;
        if !line.is_empty() && length > width {
            lines.push(format!("{line} \\"));
            line = format!("  {word}");
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
    }
    lines.push(line);
    lines
}

/// An option stays on one line with its value: `-H 'accept: …'`.
fn units(words: &[String]) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for word in words {
        match units.last_mut() {
            Some(last) if last.starts_with('-') && !last.contains(' ') && !word.starts_with('-') => {
                last.push(' ');
                last.push_str(word);
            }
            Some(_) | None => units.push(word.clone()),
        }
    }
    units
}

/// Words as the shell splits them, with their quotes.
fn arguments(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for char in command.chars() {
        if escaped {
            escaped = false;
            // A break of an earlier layout.
            if char == '\n' {
                word.pop();
                continue;
            }
        } else if char == '\\' && quote != Some('\'') {
            escaped = true;
        } else if quote == Some(char) {
            quote = None;
        } else if quote.is_none() && (char == '\'' || char == '"') {
            quote = Some(char);
        } else if quote.is_none() && char.is_whitespace() {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            continue;
        }
        word.push(char);
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_breaks_between_arguments_and_never_inside_quotes() {
        let command = "curl -sS -X POST -H 'a: b c' --data-urlencode \"password=$ROPG_PASSWORD\" http://x/y";
        let lines = broken(command, 40);
        assert_eq!(
            lines,
            [
                "curl -sS -X POST -H 'a: b c' \\",
                "  --data-urlencode \"password=$ROPG_PASSWORD\" \\",
                "  http://x/y"
            ]
        );
        assert_eq!(broken("curl http://x", 40), ["curl http://x"]);
        assert_eq!(broken("curl \\\n  -i http://x", 40), ["curl -i http://x"]);
    }
}
