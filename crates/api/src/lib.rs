#![doc = include_str!("../README.md")]

mod account;
mod advisory;
mod audit;
mod authorisation;
mod component;
mod container;
mod decision;
mod event;
mod export;
mod finding;
mod harbor;
mod host;
mod image;
mod image_filter;
mod image_parts;
mod page;
mod problem;
mod project;
mod registry;
mod risk;
mod role;
mod rule;
mod scan_request;
mod schedule;
mod session;
mod several;
mod stream;
mod summary;
mod system;
mod task;
mod token;
mod upload;

pub use account::{
    Account, AccountChange, AccountFilter, CreatedAccount, Language, NewAccount, PasswordReset,
    UnknownLanguage,
};
pub use advisory::{
    Advisories, AdvisoryArchive, AdvisoryFeed, AdvisorySettings, AdvisoryUpdate, ArchiveFailure,
};
pub use audit::{AuditEntry, AuditFilter};
pub use authorisation::{
    Authorisation, AuthorisationCause, AuthorisationEntry, AuthorisationOutcome, AuthorisationRequest,
    AuthorisationResult, AuthorisationRule, AuthorisationSettings, WithdrawalOutcome, WithdrawalRequest,
};
pub use component::{
    Component, ComponentFilter, ComponentImage, ComponentImages, ComponentSearch, ImagePackage, PackageFilter,
};
pub use container::{Container, ContainerFilter, Engine, EngineFilter, ImageContainerFilter};
pub use decision::{
    Decision, DecisionAction, DecisionChange, DecisionDetail, DecisionEvent, DecisionFilter, DecisionScope,
    DecisionState, DecisionSubject, NewDecisions, Revocation,
};
pub use event::{Event, EventFilter};
pub use export::{
    Export, ExportColumn, ExportColumns, ExportFormat, ExportLanguage, ExportState, ExportSubject, NewExport,
};
pub use finding::{
    AppliedDecision, FindingFilter, FindingOrder, FindingSort, FindingState, ImageFinding, ImageFindingDetail,
};
pub use harbor::{
    HarborArtifact, HarborAttributes, HarborCapability, HarborCapabilityKind, HarborEnabled, HarborError,
    HarborMetadata, HarborProblem, HarborRegistry, HarborReportQuery, HarborScan, HarborScanRequest,
    HarborScanner,
};
pub use host::{Host, HostFilter};
pub use image::{
    CheckMade, Image, ImageDetail, ImageFailure, ImageName, ImageRegistry, KindCounts, ScanSummary,
    SeverityCounts, Total,
};
pub use image_filter::{ImageFilter, ImageKind, ImageOrder, ImageRisk, ImageSort, ImageStatus};
pub use image_parts::{
    BaseUpgrade, ChangedPackage, CompareQuery, ComparedFinding, ComparedPackage, ComparedSide, Comparison,
    ConfigurationChange, FindingComparison, FixPlan, ImageFiles, ImageLayer, ReportFormat, ReportLanguage,
    ReportQuery, Upgrade,
};
pub use page::{Page, PageQuery};
pub use problem::{Problem, ProblemCode};
pub use project::{Member, Project, ProjectName};
pub use registry::{
    ConnectionStep, NewRegistry, NightlyHours, NoticeQuery, NoticeToken, NoticesTaken, Registry,
    RegistryChange, RegistryFilter, RegistryHealth, RegistryKind, RegistryNeed, RegistrySecrets,
    RegistrySettings, RegistryTest, RegistryVersion, SyncOutcome, SyncRequest,
};
pub use risk::{
    Risk, RiskDetail, RiskFilter, RiskImage, RiskImageFilter, RiskOrder, RiskPlace, RiskSort,
    VulnerabilityText,
};
pub use role::{Role, UnknownRole};
pub use rule::{BuiltInFilter, BuiltInRule, RuleChange, RuleChanged, RuleKind, RuleSet, RuleVersion};
pub use scan_request::{Check, MOST_IMAGES, ScanCancelRequest, ScanRequest};
pub use schedule::{
    NewSchedule, Schedule, ScheduleChange, ScheduleFilter, ScheduleResult, ScheduleRhythm, ScheduleRun,
    ScheduleTarget, ScheduleWindow,
};
pub use session::{Me, MyChange, PasswordChange, SignIn};
pub use stream::{ImageProgress, Reload, StreamMessage};
pub use summary::{Day, InventorySummary, SummaryQuery, TrendQuery};
pub use system::{Readiness, System};
pub use task::{GivenUp, Task, TaskCause, TaskFilter, TaskJob, TaskJobFilter, TaskStatus};
pub use token::{CreatedToken, NewToken, Token, TokenFilter};
pub use upload::{UploadQuery, Uploaded};
