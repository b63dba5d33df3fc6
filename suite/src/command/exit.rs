//! The exit codes, and which of them wins when several hold.

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// 0: everything is as expected.
    AsExpected,
    /// 1: an unexpected failure, or a lint or gate that does not hold.
    Failed,
    /// 2: the baseline holds entries that are stale or expired.
    Stale,
    /// 3: set-up failed, or a case that was selected by name or is claimed is blocked.
    SetUp,
    /// 4: a fault of the suite.
    SuiteFault,
    /// 5: nothing was judged, or a claim is not proven.
    Unproven,
    /// 6: a budget stopped the run.
    Budget,
    /// 7: the corpus, a profile or a baseline is invalid.
    Invalid,
    /// 64: the command line is wrong.
    Usage,
}

impl Exit {
    /// All codes that a run can end with, the one that wins first.
    pub const PRECEDENCE: [Self; 7] = [
        Self::Invalid,
        Self::SuiteFault,
        Self::SetUp,
        Self::Failed,
        Self::Stale,
        Self::Budget,
        Self::Unproven,
    ];

    /// The number that the process ends with.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::AsExpected => 0,
            Self::Failed => 1,
            Self::Stale => 2,
            Self::SetUp => 3,
            Self::SuiteFault => 4,
            Self::Unproven => 5,
            Self::Budget => 6,
            Self::Invalid => 7,
            Self::Usage => 64,
        }
    }

    /// The code as a phrase: `1: an unexpected failure`.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::AsExpected => "as expected",
            Self::Failed => "an unexpected failure",
            Self::Stale => "the baseline is stale or expired",
            Self::SetUp => "set-up failed, or a case that was selected by name or is claimed is blocked",
            Self::SuiteFault => "a fault of the suite",
            Self::Unproven => "nothing was judged, or a claim is not proven",
            Self::Budget => "a budget stopped the run",
            Self::Invalid => "the corpus, a profile or a baseline is invalid",
            Self::Usage => "the command line is wrong",
        }
    }

    /// Of all that hold, the one that wins; [`Exit::AsExpected`] if none does.
    #[must_use]
    pub fn first(holding: &[Self]) -> Self {
        if holding.contains(&Self::Usage) {
            return Self::Usage;
        }
        Self::PRECEDENCE.into_iter().find(|exit| holding.contains(exit)).unwrap_or(Self::AsExpected)
    }
}

#[cfg(test)]
mod tests {
    use super::Exit;

    #[test]
    fn the_first_in_order_of_precedence_wins() {
        assert_eq!(Exit::first(&[]), Exit::AsExpected);
        assert_eq!(Exit::first(&[Exit::Unproven, Exit::Budget]), Exit::Budget);
        assert_eq!(Exit::first(&[Exit::Stale, Exit::Failed]), Exit::Failed);
        assert_eq!(Exit::first(&[Exit::Failed, Exit::SetUp]), Exit::SetUp);
        assert_eq!(Exit::first(&[Exit::SetUp, Exit::SuiteFault]), Exit::SuiteFault);
        assert_eq!(Exit::first(&[Exit::SuiteFault, Exit::Invalid]), Exit::Invalid);
        let codes: Vec<u8> = Exit::PRECEDENCE.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [7, 4, 3, 1, 2, 6, 5]);
    }
}
