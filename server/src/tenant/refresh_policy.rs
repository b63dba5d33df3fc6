//! By what a client's refresh tokens live: rotation, leeway, lifetimes.

/// The member `refresh_token` of a client, with every default filled in. All times are seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RefreshPolicy {
    /// Whether each exchange replaces the token (RFT-16).
    pub(crate) rotating: bool,
    /// How long a replaced token still serves (RFT-18).
    pub(crate) leeway: i64,
    /// From the login; `None`: without end.
    pub(crate) lifetime: Option<i64>,
    /// From the latest exchange; `None`: without end.
    pub(crate) idle_lifetime: Option<i64>,
}

impl RefreshPolicy {
    /// 30 days (RFT-19).
    pub(crate) const LIFETIME: i64 = 2_592_000;
    /// 15 days (RFT-21, recorded).
    pub(crate) const IDLE_LIFETIME: i64 = 1_296_000;
    /// A year (RFT-19).
    pub(crate) const LONGEST: i64 = 31_557_600;

    /// What a client has that says nothing: a single-page application rotates (RFT-33), any other has tokens without end
    /// (recorded).
    pub(crate) fn default_for(single_page: bool) -> Self {
        Self {
            rotating: single_page,
            leeway: 0,
            lifetime: single_page.then_some(Self::LIFETIME),
            idle_lifetime: single_page.then_some(Self::IDLE_LIFETIME),
        }
    }
}
