//! Choices on which the documents disagree, or which the presets make differently.

use super::{Entry, Preset, refused};

macro_rules! choices {
    ($($field:ident : $kind:ident $name:literal { $($variant:ident = $word:literal),+ } auth0 $auth0:ident rfc6749 $rfc:ident [$($row:literal),*] $doc:literal;)+) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            #[expect(missing_docs, reason = "the words are those of the data files")]
            pub enum $kind { $($variant),+ }

            impl $kind {
                const WORDS: &'static [&'static str] = &[$($word),+];

                fn word(self) -> &'static str {
                    match self { $(Self::$variant => $word),+ }
                }

                fn read(word: &str) -> Option<Self> {
                    match word { $($word => Some(Self::$variant),)+ _ => None }
                }
            }
        )+

        /// The choices of one tenant.
        #[derive(Clone, Debug)]
        pub struct Choices {
            $(#[doc = $doc] pub $field: $kind),+
        }

        impl Choices {
            pub(super) fn preset(preset: Preset) -> Self {
                match preset {
                    Preset::Auth0 => Self { $($field: $kind::$auth0),+ },
                    Preset::Rfc6749 => Self { $($field: $kind::$rfc),+ },
                }
            }

            /// `None` if no choice has the name.
            pub(super) fn set(&mut self, name: &str, value: &str) -> Option<Result<(), String>> {
                match name {
                    $($name => Some(match $kind::read(value) {
                        Some(read) => { self.$field = read; Ok(()) }
                        None => Err(refused(name, value, $kind::WORDS.iter().copied())),
                    }),)+
                    _ => None,
                }
            }

            pub(super) fn table(&self) -> Vec<Entry> {
                vec![$(Entry {
                    name: $name,
                    requirements: &[$($row),*],
                    value: self.$field.word().to_owned(),
                    alternatives: $kind::WORDS.to_vec(),
                    violations: Vec::new(),
                }),+]
            }
        }
    };
}

choices! {
    realm_member: RealmMember "realm.in_password_grant" { Ignored = "ignored", Used = "used" }
        auth0 Ignored rfc6749 Ignored ["PWD-18"] "What a `realm` beside the plain password grant does.";
    beyond_maximum: BeyondMaximum "password.beyond_maximum" { ComparedWhole = "compared_whole", Truncated = "truncated" }
        auth0 ComparedWhole rfc6749 ComparedWhole ["PWD-13"] "Whether a password is compared beyond its 72nd byte.";
    omitted_scope: OmittedScope "scope.when_omitted" { Everything = "everything", ApiOnly = "api_only" }
        auth0 Everything rfc6749 Everything ["SCP-07", "PWD-21"] "What a request for an API without `scope` is granted.";
    nothing_grantable: NothingGrantable "scope.nothing_grantable" { Dropped = "dropped", Refused = "refused" }
        auth0 Dropped rfc6749 Refused ["SCP-12"] "What becomes of a request of whose scope nothing can be granted.";
    audience_checked: AudienceChecked "audience.checked" { AfterPassword = "after_password", BeforePassword = "before_password" }
        auth0 AfterPassword rfc6749 AfterPassword ["PWD-30"] "When an unknown audience is refused.";
    wider_scope: WiderScope "refresh.wider_scope" { Narrowed = "narrowed", Refused = "refused" }
        auth0 Narrowed rfc6749 Refused ["RFT-09"] "What a refresh for more than was granted gets.";
    rate_limits: RateLimits "rate_limits" { Off = "off", Enforced = "enforced" }
        auth0 Off rfc6749 Off ["TOK-24", "TOK-27", "IDT-21"] "Whether the endpoints' rate limits refuse, or are told only.";
    service: Service "service" { Well = "well", Failing = "failing", Unavailable = "unavailable" }
        auth0 Well rfc6749 Well ["TOK-30"] "How the token endpoint fares: to try what a client does when the service fails.";
    cookies: Cookies "cookies" { None = "none", Did = "did" }
        auth0 None rfc6749 None ["ERR-13"] "Whether answers set the device cookie that was recorded.";
    hsts: Hsts "hsts" { Off = "off", Sent = "sent" }
        auth0 Off rfc6749 Off ["ERR-13"] "Whether browsers are told to use HTTPS alone (recorded); it would pin `localhost` too.";
    revoke_body: RevokeBody "revoke.body" { Empty = "empty", Ok = "ok" }
        auth0 Empty rfc6749 Empty ["REV-02"] "What a successful revocation answers.";
    foreign_revocation: ForeignRevocation "revoke.foreign_token" { Accepted = "accepted", Refused = "refused" }
        auth0 Accepted rfc6749 Accepted ["REV-05"] "What becomes of revoking another client's token, which lives on.";
    at_hash: AtHash "id_token.at_hash" { Absent = "absent", Present = "present" }
        auth0 Absent rfc6749 Absent ["IDT-09"] "Whether the ID token vouches for the access token beside it.";
    ropg: Ropg "grants.ropg" { Served = "served", Retired = "retired" }
        auth0 Served rfc6749 Served ["RET-01", "RET-02", "RET-03", "RET-04"] "Whether the grants that take passwords are served at all.";
    basic_encoding: BasicEncoding "basic.encoding" { Either = "either", FormEncoded = "form_encoded", Plain = "plain" }
        auth0 Either rfc6749 Either ["CLI-06"] "How id and secret stand in an HTTP Basic header, where the readings differ.";
    failed_login: FailedLogin "log.failed_login" { Both = "both", Login = "login", Exchange = "exchange" }
        auth0 Both rfc6749 Both ["LOG-04"] "Which entries a login with a wrong password or an unknown user leaves in the log.";
    issuer_slash: IssuerSlash "issuer.trailing_slash" { Present = "present", Absent = "absent" }
        auth0 Present rfc6749 Present ["IDT-03"] "Whether the issuer that tokens and metadata name ends in a slash.";
    updated_at: UpdatedAt "updated_at.type" { Text = "text", Seconds = "seconds" }
        auth0 Text rfc6749 Text ["IDT-20"] "How the claim `updated_at` tells its time.";
    refresh_repeats: RefreshRepeats "refresh.repeats_token" { Absent = "absent", Repeated = "repeated" }
        auth0 Absent rfc6749 Absent ["RFT-06"] "Whether a refresh answers with the token that goes on serving.";
    none_method: NoneMethod "discovery.none_method" { Listed = "listed", Absent = "absent" }
        auth0 Listed rfc6749 Listed ["DSC-04"] "Whether the metadata lists `none` among the ways in which clients authenticate.";
    grant_types_listed: GrantTypesListed "discovery.grant_types" { Listed = "listed", Absent = "absent" }
        auth0 Listed rfc6749 Listed ["DSC-06"] "Whether the metadata lists the grants.";
    mfa_token_lifetime: MfaTokenLifetime "mfa_token.lifetime" { TenMinutes = "10m", FiveMinutes = "5m" }
        auth0 TenMinutes rfc6749 TenMinutes ["MFA-TOK-06"] "How long a login waits for its second factor.";
    login_confidence: LoginConfidence "login.confidence" { High = "high", Low = "low" }
        auth0 High rfc6749 High ["MFA-REQ-10", "PWD-33"] "How an adaptive policy takes the tenant's logins: nobody assesses risks here.";
    mfa_requirements: MfaRequirements "mfa_required.requirements" { Listed = "listed", Absent = "absent" }
        auth0 Listed rfc6749 Listed ["MFA-REQ-07", "MFA-REQ-08"] "Whether `mfa_required` says which factors would do.";
    challenge_type: ChallengeType "challenge.type" { Optional = "optional", Required = "required" }
        auth0 Optional rfc6749 Optional ["MFA-CHL-02"] "Whether a challenge has to say which types the client takes.";
    mfa_audience: MfaAudience "mfa_audience.slash" { Required = "required", Optional = "optional" }
        auth0 Required rfc6749 Required ["MFA-MGR-04"] "Whether the audience of the MFA API may be spelled without the slash at its end.";
    associate_client: AssociateClient "associate.client_id" { Optional = "optional", Required = "required" }
        auth0 Optional rfc6749 Optional ["MFA-ASC-02"] "Whether an association names the client beside the token.";
    oob_channels: OobChannels "associate.oob_channels" { Array = "array", ArrayOrText = "array_or_text" }
        auth0 Array rfc6749 Array ["MFA-ASC-05"] "Whether one channel may be named as a text instead of a list.";
    authenticator_type: AuthenticatorType "authenticators.type" { Absent = "absent", Listed = "listed" }
        auth0 Absent rfc6749 Absent ["MFA-AUT-06"] "Whether the list of authenticators has the member `type`.";
    email_name: EmailName "authenticators.email_name" { Masked = "masked", Clear = "clear" }
        auth0 Masked rfc6749 Masked ["MFA-AUT-05"] "How an e-mail address is listed as an authenticator.";
    mail_limit: MailLimit "messages.mail_limit" { Table = "20_then_1_per_minute", Page = "5_per_5_minutes" }
        auth0 Table rfc6749 Table ["MFA-LIM-06"] "How much mail a user gets.";
}
