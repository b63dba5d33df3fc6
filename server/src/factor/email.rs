//! E-mail addresses as a second factor: which can be one, and how they are shown.

/// Whether mail could be sent there: one name, one domain, nothing that is not printed (MFA-ASC-16).
pub(crate) fn is_valid(address: &str) -> bool {
    let Some((name, domain)) = address.rsplit_once('@') else { return false };
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control());
    plain(name) && plain(domain) && !name.contains('@') && address.len() <= 254
}

/// The recorded form: nothing of the name, four letters of the domain, `****@exam*******` (MFA-AUT-05).
pub(crate) fn masked(address: &str) -> String {
    let domain = address.rsplit_once('@').map_or(address, |(_, domain)| domain);
    let shown = domain.chars().enumerate().map(|(at, c)| if at < 4 { c } else { '*' });
    format!("****@{}", shown.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_address() {
        assert!(is_valid("ann@acme.test") && is_valid("zoë+x@acme.test"));
        for wrong in ["", "ann", "@acme.test", "ann@", "a b@acme.test", "a@b@c", "ann@acme.test\r\n"] {
            assert!(!is_valid(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_recorded_mask() {
        assert_eq!(masked("ann@example.com"), "****@exam*******");
        assert_eq!(masked("a@b.c"), "****@b.c");
    }
}
