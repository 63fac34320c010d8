//! Which entries of a lock file only development asks for, where the lock tells it by who depends on whom.

/// Entries by their place, and whom each asks for.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    edges: Vec<Vec<usize>>,
}

impl Dependencies {
    /// Nobody asks for anybody, among so many entries.
    pub(crate) fn new(entries: usize) -> Self {
        Self { edges: vec![Vec::new(); entries] }
    }

    /// The entry at `from` asks for the one at `to`.
    pub(crate) fn add(&mut self, from: usize, to: usize) {
        if let Some(edges) = self.edges.get_mut(from) {
            edges.push(to);
        }
    }

    /// For each entry whether `development` leads to it and `production` does not.
    ///
    /// What neither leads to is kept: it is there for a reason this reading does not know.
    pub(crate) fn only_for_development(&self, production: &[usize], development: &[usize]) -> Vec<bool> {
        let (production, development) = (self.reached(production), self.reached(development));
        production.into_iter().zip(development).map(|(kept, asked)| asked && !kept).collect()
    }

    fn reached(&self, roots: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; self.edges.len()];
        let mut open = roots.to_vec();
        while let Some(place) = open.pop() {
            let (Some(is_reached), Some(edges)) = (reached.get_mut(place), self.edges.get(place)) else {
                continue;
            };
            if !std::mem::replace(is_reached, true) {
                open.extend(edges);
            }
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_production_leads_to_and_what_nobody_asks_for() {
        let mut dependencies = Dependencies::new(5);
        for (from, to) in [(0, 1), (1, 0), (2, 1), (2, 3)] {
            dependencies.add(from, to);
        }
        assert_eq!(dependencies.only_for_development(&[0], &[2]), [false, false, true, true, false]);
    }
}
