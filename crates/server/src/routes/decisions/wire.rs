//! Decisions, from the store to the wire and back.

use api::{DecisionAction, DecisionScope, DecisionState, DecisionSubject, ImageKind};
use model::FindingKind;
use store::decisions::{Action, Decision, Event, Extent, Filter, State};

use crate::problem::Problem;
use crate::selection;

pub(super) fn action(action: DecisionAction) -> Action {
    match action {
        DecisionAction::FalsePositive => Action::FalsePositive,
        DecisionAction::Whitelist => Action::Whitelist,
        DecisionAction::Ignore => Action::Ignore,
        DecisionAction::Deferral => Action::Deferral,
    }
}

fn action_of(action: Action) -> DecisionAction {
    match action {
        Action::FalsePositive => DecisionAction::FalsePositive,
        Action::Whitelist => DecisionAction::Whitelist,
        Action::Ignore => DecisionAction::Ignore,
        Action::Deferral => DecisionAction::Deferral,
    }
}

/// In which images, and those that are picked.
pub(super) fn extent(scope: &DecisionScope) -> (Extent, Vec<i64>) {
    let extent = match scope {
        DecisionScope::All => Extent::All,
        DecisionScope::Kinds { kinds } => {
            Extent::Kinds { kinds: kinds.iter().map(|kind| kind.word().to_owned()).collect() }
        }
        DecisionScope::Registries { registries } => Extent::Registries { registries: registries.clone() },
        DecisionScope::Names { repositories, tags } => {
            Extent::Names { repositories: repositories.clone(), tags: tags.clone() }
        }
        DecisionScope::Images { images } => return (Extent::Images, images.clone()),
    };
    (extent, Vec::new())
}

fn scope(extent: Extent, images: Vec<i64>) -> DecisionScope {
    match extent {
        Extent::All => DecisionScope::All,
        Extent::Kinds { kinds } => DecisionScope::Kinds {
            kinds: ImageKind::ALL
                .iter()
                .copied()
                .filter(|known| kinds.iter().any(|kind| kind == known.word()))
                .collect(),
        },
        Extent::Registries { registries } => DecisionScope::Registries { registries },
        Extent::Names { repositories, tags } => DecisionScope::Names { repositories, tags },
        Extent::Images => DecisionScope::Images { images },
    }
}

pub(super) fn filter(filter: &api::DecisionFilter) -> Result<Filter, Problem> {
    let state = |state| match state {
        DecisionState::Active => State::Active,
        DecisionState::Expired => State::Expired,
        DecisionState::Revoked => State::Revoked,
    };
    Ok(Filter {
        state: filter.state.map(state),
        kind: filter.kind.map(|kind| kind.word().to_owned()),
        action: filter.action.map(|word| action(word).word().to_owned()),
        rule: selection::text("rule", filter.rule.as_ref())?,
        fingerprint: selection::text("fingerprint", filter.fingerprint.as_ref())?,
        search: selection::text("search", filter.search.as_ref())?,
        creator: selection::text("creator", filter.creator.as_ref())?,
    })
}

/// A decision as it stands at a time, with the images picked for it.
pub(super) fn decision(decision: Decision, images: Vec<i64>, at: i64) -> api::Decision {
    let state = match (decision.revoked.is_some(), decision.holds(at)) {
        (true, _) => DecisionState::Revoked,
        (false, true) => DecisionState::Active,
        (false, false) => DecisionState::Expired,
    };
    let known = FindingKind::ALL.into_iter().find(|kind| kind.word() == decision.kind);
    api::Decision {
        id: decision.id,
        project_id: decision.project_id,
        action: action_of(decision.action),
        subject: DecisionSubject {
            // Only kinds that are known are kept.
            kind: known.unwrap_or(FindingKind::Vulnerabilities),
            rule: decision.rule,
            package: decision.package,
            path: decision.path,
            fingerprint: decision.fingerprint,
        },
        scope: scope(decision.scope, images),
        until: decision.until,
        until_fix: decision.until_fix,
        remark: decision.remark,
        state,
        created_by: decision.created_by,
        created: decision.created,
        revoked_by: decision.revoked_by,
        revoked: decision.revoked,
    }
}

pub(super) fn event(event: Event) -> api::DecisionEvent {
    api::DecisionEvent { at: event.at, actor: event.actor, action: event.action, remark: event.remark }
}
