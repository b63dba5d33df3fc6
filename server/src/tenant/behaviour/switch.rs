//! Rules that only a deviation may break. Where tampering with the exchange shows the same misbehaviour there is no
//! switch: these are the rules whose violation must really happen inside.

macro_rules! switches {
    ($($variant:ident $name:literal [$($row:literal),*] $doc:literal;)+) => {
        /// A rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Switch { $(#[doc = $doc] $variant),+ }

        impl Switch {
            /// All rules.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The name in data files.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The catalogue rows that it carries out.
            #[must_use]
            pub fn requirements(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($row),*]),+ }
            }
        }
    };
}

switches! {
    PasswordVerified "password.verified" ["PWD-07", "PWD-12"] "A wrong password is refused.";
    PasswordExact "password.exact" ["PWD-12"] "A password is compared as it is, not trimmed or folded.";
    ImportedSalt "imported_hash.salted" ["PWD-39"] "An imported hash is compared with its salt.";
    ImportedSaltPlace "imported_hash.salt_in_place" ["PWD-39"] "An imported salt stands where it says, before or after the password.";
    ImportedEncoding "imported_hash.password_encoded" ["PWD-39"] "A password is written as the system wrote it that made the hash.";
    BcryptLimit "imported_hash.bcrypt_limit" ["PWD-40"] "A bcrypt hash is compared with the first 72 bytes.";
    IdentifierFolded "identifier.folded" ["PWD-11"] "Identifiers are compared without ASCII case.";
    IdentifierAsTyped "identifier.as_typed" ["PWD-41"] "Identifiers are not trimmed, and letters beyond ASCII do not fold.";
    PhoneFolded "identifier.phone_folded" ["PWD-37"] "Phone numbers are compared without separators.";
    EveryIdentifier "identifier.every_kind" ["PWD-09", "PWD-10"] "A user logs in under any identifier that the connection has.";
    OwnIdentifiers "identifier.of_the_connection" ["PWD-09", "PWD-10"] "A user logs in under no identifier that the connection has not.";
    OtherDirectories "connection.other_directories" ["PWD-26"] "AD, LDAP, ADFS and Azure AD connections take passwords.";
    DirectoryExact "default_directory.exact" ["PWD-03"] "The default directory is found by its exact name.";
    PolicyWhenSet "password.policy_when_set" ["PWD-14"] "Policies of strength apply when a password is set, not at login.";
    UnverifiedAdmitted "user.unverified_admitted" ["PWD-25"] "An unverified e-mail address keeps nobody out.";
    ConsentNotAsked "consent.not_asked" ["PWD-22"] "The password stands for the user's consent.";
    LoginRecorded "login.recorded" ["PWD-24"] "A login moves `last_login`, and with it `updated_at`.";
    FailureNotRecorded "login.failure_not_recorded" ["PWD-24", "TOK-32"] "A refused login moves nothing.";
    RefreshNotRecorded "login.refresh_not_recorded" ["PWD-24"] "A refresh is no login.";
    SameAnswer "unknown_user.same_answer" ["PWD-08"] "An unknown user is answered as a wrong password.";
    BlockEnforced "user.blocked_enforced" ["PWD-15", "RFT-13"] "A blocked user gets nothing.";
    SecretVerified "client_secret.verified" ["CLI-03"] "A wrong client secret is refused.";
    SecretRequired "client_secret.required" ["CLI-03", "CLI-09"] "A confidential client must authenticate.";
    MethodEnforced "client.method_enforced" ["CLI-11"] "A client authenticates by its own method only.";
    OneMethod "client.one_method" ["CLI-10"] "Two methods at once are refused.";
    PublicWithoutSecret "client.public_without_secret" ["CLI-08"] "A public client that sends a secret is refused.";
    GrantsOptIn "client.grants_opt_in" ["CLI-22", "CLI-30"] "Nobody takes passwords unless it was enabled.";
    DefaultGrants "client.default_grants" ["CLI-22"] "A client without a list of grants has the usual ones.";
    OrganizationsRefused "client.organizations_refused" ["PWD-35"] "Clients with Organizations may not take passwords.";
    AssertionSignature "assertion.signature_verified" ["CLI-12", "CLI-16"] "An assertion that the client's key did not sign is refused.";
    AssertionSigned "assertion.signed" ["CLI-16"] "An assertion without a signature is refused.";
    AssertionAlgorithm "assertion.algorithm_of_credential" ["CLI-16"] "An assertion is signed by the algorithm of its credential.";
    AssertionIssuer "assertion.issuer_is_subject" ["CLI-13"] "Both `iss` and `sub` of an assertion are the client.";
    AssertionAudience "assertion.audience_verified" ["CLI-13"] "An assertion for somebody else is refused.";
    AssertionOneAudience "assertion.one_audience" ["CLI-13"] "An assertion for others too is refused.";
    AssertionOwnEndpoint "assertion.issuer_only" ["CLI-13"] "The audience of an assertion is the issuer, not an endpoint.";
    AssertionExpires "assertion.expiry_required" ["CLI-13", "CLI-14"] "An assertion without `exp` is refused.";
    AssertionIdentified "assertion.jti_required" ["CLI-13", "CLI-15"] "An assertion without `jti` is refused.";
    AssertionOnce "assertion.single_use" ["CLI-15"] "An assertion serves once.";
    AssertionAgrees "assertion.agrees_with_client_id" ["CLI-12"] "A `client_id` beside an assertion names the same client.";
    AssertionNamesClient "assertion.names_client" ["CLI-01", "CLI-12"] "An assertion names the client, without a `client_id` beside it.";
    AssertionAudienceListed "assertion.audience_in_list" ["CLI-13"] "The audience of an assertion may stand in a list of one.";
    AssertionIatOptional "assertion.iat_optional" ["CLI-13"] "An assertion needs no `iat`.";
    AssertionType "assertion.type_checked" ["CLI-12"] "The type of an assertion is the documented one.";
    CredentialExpiry "credential.expiry_enforced" ["CLI-18"] "An expired credential no longer authenticates.";
    CredentialKidOptional "credential.kid_optional" ["CLI-18"] "An assertion need not name its key.";
    CredentialEach "credential.each_serves" ["CLI-18"] "Each of a client's credentials authenticates.";
    CredentialNamed "credential.kid_decides" ["CLI-18"] "An assertion that names a key is verified by that one alone.";
    RequestUntold "request.untold" ["CLI-28"] "No answer repeats the request.";
    RedirectUriOptional "redirect_uri.not_needed" ["CLI-25"] "The token request needs no `redirect_uri`.";
    RedirectUriIgnored "redirect_uri.ignored" ["CLI-25"] "A `redirect_uri` means nothing.";
    OtherSchemesIgnored "client.other_schemes_ignored" ["TOK-36"] "Authorization schemes but Basic mean nothing.";
    GrantTypesEnforced "client.grant_types_enforced" ["TOK-15", "RLM-09", "CLI-24"] "A client uses the grants enabled for it.";
    FirstPartyOnly "client.first_party_only" ["CLI-21"] "Third-party clients may not take passwords.";
    RetiredUnseen "retired.password_unseen" ["RET-04"] "A grant that was retired looks at no password.";
    RealmDecides "realm.decides_directory" ["RLM-03"] "The realm decides which directory verifies.";
    RealmHonoured "realm.honoured" ["RLM-03", "RLM-10"] "The realm grant goes to the directory that it names.";
    RealmExact "realm.exact" ["RLM-15"] "Realm names are compared exactly, with realms alone.";
    RealmRequired "realm.required" ["RLM-02", "RLM-16"] "The realm grant needs a realm.";
    EnabledClientsEnforced "connection.enabled_clients_enforced" ["PWD-05", "RLM-07"] "A connection serves the clients for which it is enabled.";
    AudienceKnownOnly "audience.known_only" ["SCP-05"] "An unknown audience is refused.";
    UserinfoIsNoApi "audience.userinfo_is_none" ["SCP-03"] "Userinfo itself as the audience is as none.";
    DefaultAudience "audience.default_used" ["SCP-04"] "The default audience stands in for one not sent.";
    ScopeRestricts "scope.restricts" ["SCP-10"] "Naming scopes of the API restricts the token to them.";
    ScopeKnownOnly "scope.known_only" ["SCP-12"] "Unknown scopes are dropped.";
    ScopeCase "scope.case_sensitive" ["SCP-13"] "Scopes are compared with case.";
    ForbiddenRestricts "scope.forbidden_restricts" ["SCP-14", "SCP-22"] "A scope of the API that is asked in vain is not as if none was asked.";
    RbacEnforced "rbac.enforced" ["SCP-14", "SCP-15"] "Under RBAC users get the scopes for which they have a permission.";
    RbacSparesStandard "rbac.spares_standard_scopes" ["SCP-19"] "RBAC is about the API's scopes, not about the standard ones.";
    RolesCount "rbac.roles_count" ["SCP-19"] "A role gives its permissions to its users.";
    DirectPermissionsCount "rbac.direct_permissions_count" ["SCP-19"] "A permission may be a user's own.";
    PermissionsOfTheApi "rbac.permissions_of_the_api" ["SCP-14", "SCP-18"] "A permission at one API is none at another.";
    PermissionsWhole "permissions.whole" ["SCP-18"] "The claim lists what the user may do, not what was asked.";
    UserAccessEnforced "api.user_access_enforced" ["SCP-21", "SCP-23"] "An API's policy decides which clients get its users' tokens.";
    OpenToAll "api.open_to_all" ["SCP-21"] "An API whose policy is `allow_all` asks for no client grant.";
    ThirdPartyNeedsGrant "api.third_party_needs_grant" ["SCP-21"] "`allow_all` speaks of first-party clients.";
    ClientGrantForUsers "client_grant.for_users" ["SCP-21"] "A grant for the client itself is none for its users.";
    ClientGrantCuts "client_grant.cuts" ["SCP-22"] "A client gets what its grant names.";
    ClientGrantByName "client_grant.by_name" ["SCP-21"] "What a client grant allows has to be asked for by name.";
    ResourceNeedsProfile "resource.needs_profile" ["SCP-06"] "`resource` means nothing unless the tenant's profile is `compatibility`.";
    ResourceHonoured "resource.honoured" ["SCP-06"] "Under that profile `resource` names the API.";
    AudienceBeatsResource "resource.yields_to_audience" ["SCP-06"] "Where both are sent, `audience` decides.";
    OpenidWidens "openid.widens" ["SCP-08"] "`openid` alone grants the standard scopes.";
    IdTokenNeedsOpenid "id_token.only_with_openid" ["IDT-01", "TOK-10"] "An ID token comes with `openid` only.";
    OfflineNeedsApi "offline_access.needs_api" ["SCP-20"] "The API must allow offline access.";
    OfflineNeedsClient "offline_access.needs_client" ["SCP-20"] "The client must have the refresh grant.";
    OfflineDropped "offline_access.dropped_silently" ["SCP-20"] "`offline_access` that is not allowed is dropped, not refused.";
    OfflineNeedsAsking "offline_access.needs_asking" ["RFT-02"] "A refresh token comes only when asked for.";
    RepeatedRefused "parameters.repeated_refused" ["TOK-18"] "A repeated parameter is refused.";
    EmptyOmitted "parameters.empty_omitted" ["TOK-19"] "An empty value counts as omitted.";
    NullOmitted "parameters.null_omitted" ["TOK-33"] "JSON `null` counts as omitted.";
    QueryIgnored "parameters.query_ignored" ["TOK-21"] "Parameters in the address do not count.";
    UnknownIgnored "parameters.unknown_ignored" ["TOK-20"] "Unknown parameters change nothing.";
    ScopeOptional "scope.optional" ["RFC6749-4.3.2-04"] "A request without `scope` is not malformed.";
    ScopeSyntax "scope.syntax_checked" ["SCP-30"] "Scopes are made of scope tokens.";
    PercentChecked "form.percent_checked" ["TOK-05"] "Broken percent-encoding is refused.";
    ContentTypeChecked "body.content_type_checked" ["TOK-05"] "A body of an unknown kind is refused.";
    RefreshTokenKnown "refresh.token_known" ["RFT-10"] "An unknown refresh token is refused.";
    RefreshClientBound "refresh.client_bound" ["RFT-14"] "A refresh token serves its client only.";
    RefreshScopeBound "refresh.scope_bound" ["RFT-09"] "A refresh grants nothing beyond the original scope.";
    RefreshScopeKept "refresh.scope_kept" ["RFT-07", "RFT-08"] "The refresh token keeps its scope when a narrower one is asked.";
    RefreshPermissionsAnew "refresh.permissions_anew" ["SCP-31"] "A refresh grants what the user may do now.";
    RefreshSurvives "refresh.token_survives" ["RFT-06", "RFT-14", "RFT-15"] "A refused or granted refresh does not consume a non-rotating token.";
    RefreshAudienceBound "refresh.audience_bound" ["RFT-29"] "A refresh serves the audience of its login.";
    RefreshRotates "refresh.rotates" ["RFT-16", "RFT-33"] "A client whose tokens rotate gets a new one at each exchange.";
    RefreshReplaced "refresh.replaced_dies" ["RFT-16", "RFT-39"] "A token that was replaced serves no more.";
    RefreshReuseNoticed "refresh.reuse_ends_family" ["RFT-17"] "A replaced token that comes again ends its family.";
    RefreshLeewayOnce "refresh.leeway_for_previous" ["RFT-18"] "The leeway is for the immediately previous token.";
    RefreshSiblings "refresh.leeway_keeps_generation" ["RFT-18"] "A second successor lives beside the first, which is not replaced by it.";
    RefreshLifetimeFixed "refresh.lifetime_fixed" ["RFT-20", "RFT-22"] "The lifetime of a family is fixed at its login.";
    RefreshLifetimeTaken "refresh.lifetime_taken_on" ["RFT-23"] "A family without lifetime takes on the one that was set since.";
    RefreshIdleRenewed "refresh.idle_renewed" ["RFT-21"] "An exchange renews the idle lifetime.";
    RefreshSwitchEnds "refresh.switch_ends_others" ["RFT-24"] "Switching rotation ends the tokens of the other kind.";
    RefreshGrantOfOne "refresh.grant_of_one" ["RFT-24", "REV-09"] "Tokens of one grant have one user, one client and one audience.";
    RefreshLivingCounted "refresh.living_counted" ["RFT-25"] "Expired and revoked tokens do not count.";
    RefreshCountedApart "refresh.counted_apart" ["RFT-25"] "The tokens of each client and user are counted apart.";
    RefreshOldestGoes "refresh.oldest_goes" ["RFT-25"] "The oldest token makes room for a new one.";
    RefreshUserGone "refresh.ends_with_user" ["RFT-12", "RFT-35"] "A user who is deleted takes the refresh tokens along.";
    RevokeEnds "revoke.ends_token" ["REV-03"] "A revoked token serves no more.";
    RevokeSilent "revoke.unknown_accepted" ["REV-04"] "Nobody learns from a revocation whether there was anything to revoke.";
    RevokeClientBound "revoke.client_bound" ["REV-05"] "A client revokes its own tokens only.";
    RevokeFamily "revoke.ends_family" ["REV-13"] "Revoking a member of a family ends the family.";
    RevokeByFlag "revoke.grant_by_flag" ["REV-09", "REV-10"] "The tenant's flag says whether the other tokens of the grant end too.";
    RevokeRefreshOnly "revoke.refresh_tokens_only" ["REV-11", "ATK-22"] "Access tokens cannot be revoked.";
    BearerSchemeCase "bearer.scheme_without_case" ["RFC6750-2.1-02"] "The scheme Bearer is compared without case.";
    BearerHeaderOnly "bearer.header_only" ["IDT-24", "API-01"] "A token in query or form does not count.";
    BearerOneToken "bearer.one_token" ["IDT-24", "API-11"] "Two tokens in one request are refused.";
    BearerCritical "bearer.critical_understood" ["API-02"] "A token that demands an unknown extension is refused.";
    BearerAlgorithm "bearer.algorithm_pinned" ["API-03"] "The API says how its tokens are signed, not the token.";
    BearerKey "bearer.key_named" ["API-04"] "A token names the key that signed it.";
    BearerSignature "bearer.signature_verified" ["IDT-15", "API-04"] "An altered token is refused.";
    BearerIssuer "bearer.issuer_checked" ["IDT-15", "API-05"] "A token of another issuer is refused.";
    BearerAudience "bearer.audience_enforced" ["IDT-16", "API-06"] "A token for something else is refused.";
    BearerExpiry "bearer.expiry_enforced" ["IDT-15", "API-07"] "An expired token is refused.";
    BearerNotBefore "bearer.not_before_enforced" ["API-08"] "A token that is not valid yet is refused.";
    BearerExact "bearer.times_exact" ["API-07", "API-08"] "A token lives from its `nbf` to before its `exp`, to the second.";
    ApiScopes "api.scopes_enforced" ["API-10"] "A route needs all of its scopes.";
    UserinfoOpenid "userinfo.needs_openid" ["IDT-13"] "A token without `openid` is refused at userinfo.";
    UserinfoScopes "userinfo.scope_filters_claims" ["IDT-17"] "Claims at userinfo follow the scopes.";
    AddressGivenBack "address.given_back" ["SIP-12"] "A login that succeeds gives its address's token back.";
    AddressKept "address.kept" ["SIP-12"] "A login that is refused does not.";
    UserinfoPerUser "userinfo.limit_per_user" ["IDT-21"] "Each user has a bucket of their own at userinfo.";
    HostChecked "host.checked" ["DSC-13"] "Requests for a foreign host are refused.";
    IssuersShared "issuer.shared" ["DSC-13"] "What was issued under one of the tenant's own issuers is good under each.";
    IdTokenScopes "id_token.scope_filters_claims" ["SCP-27", "IDT-05"] "Claims of the ID token follow the scopes.";
    MfaEnforced "mfa.enforced" ["MFA-REQ-02", "MFA-REQ-05", "RLM-13"] "A login that needs a second factor gets no tokens.";
    MfaPolicyDecides "mfa.policy_decides" ["MFA-REQ-10"] "Without a policy nobody is asked for a second factor.";
    MfaFailsClosed "mfa.fails_closed" ["MFA-REQ-12"] "Where no factor is enabled, whoever needs one gets no tokens.";
    MfaAudienceEnforces "mfa.audience_enforces" ["MFA-MGR-01"] "Who has a factor and asks for the MFA API is asked for it.";
    MfaAudienceOpens "mfa.audience_opens" ["MFA-MGR-03"] "Who has no factor gets a token of the MFA API.";
    MfaMailIsNoFactor "mfa.mail_is_no_factor" ["MFA-REQ-14", "MFA-MGR-03"] "A verified e-mail address alone makes nobody enrolled.";
    MfaTokenClientBound "mfa_token.client_bound" ["MFA-TOK-02"] "An `mfa_token` serves its client only.";
    MfaTokenOnce "mfa_token.single_use" ["MFA-TOK-08", "MFA-TOK-13"] "An `mfa_token` succeeds once.";
    MfaTokenSurvives "mfa_token.survives_failure" ["MFA-TOK-09"] "A failed code does not use an `mfa_token` up.";
    MfaTokensApart "mfa_token.each_lives" ["MFA-TOK-11"] "A new login leaves the tokens of older ones alone.";
    MfaTokenIsOpaque "mfa_token.no_access_token" ["MFA-TOK-12"] "An access token of the MFA API is no `mfa_token`.";
    MfaKeepsLogin "mfa_token.keeps_login" ["MFA-TOK-10", "RFT-32"] "The second factor goes on with what was decided before.";
    MfaKeepsApi "mfa_token.keeps_audience" ["MFA-TOK-10"] "The second factor goes on with the API of the login.";
    MfaBlockEnforced "mfa.block_enforced" ["PWD-15"] "A user who was blocked meanwhile gets nothing.";
    ChallengeTypeKept "challenge.type_respected" ["MFA-CHL-03", "MFA-CHL-09"] "A challenge is of a type that the client takes.";
    ChallengeOwn "challenge.own_authenticator" ["MFA-CHL-07"] "A challenge goes to the user's own authenticator.";
    ChallengeNamed "challenge.named_authenticator" ["MFA-CHL-07", "MFA-OOB-15"] "A challenge goes to the authenticator that is named.";
    ChallengeConfirmed "challenge.confirmed_only" ["MFA-CHL-08"] "What was not confirmed cannot be challenged.";
    ChallengeSupersedes "challenge.supersedes" ["MFA-CHL-15"] "A new challenge ends the one before it.";
    MessagesSent "messages.sent" ["MFA-CHL-05", "MFA-ASC-07"] "What is told to be sent is sent.";
    MessagesPerUser "messages.limit_per_user" ["MFA-LIM-10"] "Each user has a limit of messages of their own.";
    MessagesLimited "messages.limited" ["MFA-CHL-16", "MFA-LIM-05", "MFA-LIM-06", "MFA-LIM-07"] "Sending is limited.";
    AssociateFirst "associate.first_only" ["MFA-ASC-13"] "The password alone enrols the first factor only.";
    AssociateFurther "associate.further_by_access_token" ["MFA-ASC-14"] "An access token enrols further factors.";
    AssociateAgain "associate.again" ["MFA-ASC-25"] "Until a factor is confirmed another one may be begun.";
    AssociateOwnClient "associate.own_client" ["MFA-ASC-02"] "A client that an association names is the token's.";
    AssociateEnabled "associate.factor_enabled" ["MFA-ASC-17"] "Factors that the tenant has not enabled cannot be enrolled.";
    AssociateUnconfirmed "associate.unconfirmed" ["MFA-ASC-19", "MFA-OTP-07", "MFA-AUT-08"] "What is associated does not count before it is confirmed.";
    AssociateConfirms "associate.confirmed_by_grant" ["MFA-ASC-19", "MFA-ASC-20", "MFA-OTP-07"] "The first good code confirms.";
    AssociatePairs "associate.pairs" ["MFA-ASC-22", "MFA-ASC-23", "MFA-OTP-08"] "Text messages and calls, push and codes are enrolled together.";
    AssociateNumberChecked "associate.number_checked" ["MFA-ASC-16"] "A phone number is in E.164 form.";
    PendingExcluded "associate.pending_dies" ["MFA-ASC-13", "MFA-ASC-19"] "What the password alone had begun cannot be confirmed beside another factor.";
    MfaScopes "mfa_api.scopes_enforced" ["MFA-ASC-15", "MFA-AUT-12"] "An access token does at the MFA API what its scopes say.";
    RecoveryFirst "recovery_code.first_factor_only" ["MFA-ASC-11", "MFA-ASC-12"] "The recovery code comes with the first factor, once.";
    RecoveryEnabled "recovery_code.tenant_decides" ["MFA-REC-05"] "Recovery codes are made and taken where the tenant has enabled them.";
    RecoveryConfirmed "recovery_code.confirmed" ["MFA-REC-08"] "A recovery code counts once its factor is confirmed.";
    RecoveryVerified "recovery_code.verified" ["MFA-REC-04"] "A wrong recovery code is refused.";
    RecoveryReplaced "recovery_code.replaced" ["MFA-REC-02", "MFA-REC-16"] "A used recovery code is replaced.";
    OtpVerified "otp.verified" ["MFA-OTP-02", "MFA-OTP-03"] "A code that was not computed from the secret is refused.";
    OtpOnce "otp.single_use" ["MFA-OTP-04", "MFA-OTP-15"] "A computed code serves once.";
    OtpText "otp.is_text" ["MFA-OTP-14"] "Leading zeros belong to a code.";
    OtpEach "otp.any_authenticator" ["MFA-OTP-09"] "A code of any of the user's apps will do.";
    OtpOwn "otp.of_the_user" ["MFA-OTP-03"] "A code of somebody else's app is refused.";
    BindingVerified "binding_code.verified" ["MFA-OOB-03"] "A code that was not sent is refused.";
    BindingRequired "binding_code.required" ["MFA-OOB-04"] "Where a code was sent, it has to come back.";
    OobOnce "oob_code.single_use" ["MFA-OOB-12", "MFA-OOB-18", "MFA-OOB-19"] "A sent code succeeds once.";
    OobBound "oob_code.token_bound" ["MFA-OOB-10"] "A sent code serves the `mfa_token` for which it was sent.";
    PushAwaited "push.awaited" ["MFA-OOB-05", "MFA-OOB-09", "MFA-OOB-13"] "A push notification waits for the phone's answer.";
    PushFinal "push.rejection_final" ["MFA-OOB-08"] "What a phone rejected stays rejected.";
    PollsLimited "push.polls_limited" ["MFA-OOB-06", "MFA-OOB-07"] "Who asks after a push notification too often is told so.";
    CodesLimited "codes.limited" ["MFA-LIM-01", "MFA-LIM-02", "MFA-LIM-04", "MFA-REC-13"] "Failed codes are limited.";
    CodesKept "codes.success_refills_nothing" ["MFA-LIM-03"] "A success does not give failed codes back.";
    CodesShared "codes.limit_shared" ["MFA-LIM-09"] "Computed and sent codes share a limit.";
    CodesPerUser "codes.limit_per_user" ["MFA-LIM-10"] "Each user has a limit of failed codes of their own.";
    RecoveryApart "recovery_code.limited_apart" ["MFA-REC-13"] "Recovery codes have a limit of their own.";
    MailListed "mail.verified_listed" ["MFA-AUT-07", "MFA-OOB-16"] "A verified e-mail address is an authenticator without enrolment.";
    NamesMasked "authenticators.masked" ["MFA-AUT-05"] "Numbers and addresses are listed masked.";
    AuthenticatorsOwn "authenticators.own" ["MFA-AUT-01"] "Who asks sees their own authenticators.";
    DeleteByAccessToken "authenticators.deleted_by_access_token" ["MFA-AUT-11"] "An `mfa_token` deletes nothing.";
    DeleteEnds "authenticators.deleted_is_gone" ["MFA-AUT-10", "MFA-AUT-17"] "What was deleted serves no more.";
    DeletePairs "authenticators.deleted_in_pairs" ["MFA-AUT-13"] "What was enrolled together goes together.";
    DeleteKeepsMail "authenticators.mail_kept" ["MFA-AUT-14"] "A verified e-mail address cannot be deleted.";
    DeleteKeepsRecovery "authenticators.recovery_kept" ["MFA-AUT-15"] "A recovery code cannot be deleted.";
    DeleteOwn "authenticators.deleted_by_owner" ["MFA-AUT-12"] "Nobody deletes what is somebody else's.";
    SentCodeVerified "passwordless.code_verified" ["RLM-18"] "A code that was not sent in place of the password is refused.";
}
