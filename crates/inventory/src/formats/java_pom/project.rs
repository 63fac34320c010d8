//! The elements of a `pom.xml` that count.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::Event;

use crate::licenses::normalise;

/// Group, artifact and version as stated, with what decides whether it counts.
#[derive(Clone, Debug, Default)]
pub(in crate::formats) struct Dependency {
    pub(in crate::formats) group: String,
    pub(in crate::formats) artifact: String,
    pub(in crate::formats) version: String,
    scope: String,
    optional: String,
}

impl Dependency {
    fn set(&mut self, name: &str, text: String) {
        match name {
            "groupId" => self.group = text,
            "artifactId" => self.artifact = text,
            "version" => self.version = text,
            "scope" => self.scope = text,
            "optional" => self.optional = text,
            _ => {}
        }
    }
}

/// A project.
#[derive(Debug, Default)]
pub(in crate::formats) struct Project {
    own: Dependency,
    parent: Dependency,
    properties: HashMap<String, String>,
    licenses: Vec<String>,
    asked: Vec<Dependency>,
    managed: Vec<Dependency>,
}

/// Elements within elements; a project has about ten.
const DEEPEST: usize = 40;
/// Properties that are named by properties.
const STEPS: u32 = 8;
/// The longest text that a property may become, in bytes.
const LONGEST: usize = 1000;

impl Project {
    /// Reads the elements; an error says what is wrong.
    pub(in crate::formats) fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text);
        let mut project = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut inner = String::new();
        let mut seen = false;
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(element) => {
                    open.push(element.local_name().as_ref().to_owned());
                    if open.len() > DEEPEST {
                        return Err(format!("its elements are more than {DEEPEST} deep"));
                    }
                    let path: Vec<&str> = open.iter().map(String::as_str).collect();
                    if path.first() != Some(&"project") {
                        return Err("it does not begin with `project`".to_owned());
                    }
                    seen = true;
                    project.begin(&path);
                    inner.clear();
                }
                Event::End(_) => {
                    let path: Vec<&str> = open.iter().map(String::as_str).collect();
                    project.end(&path, inner.trim());
                    open.pop();
                    inner.clear();
                }
                Event::Text(text) => inner.push_str(&text),
                Event::CData(text) => inner.push_str(&text),
                Event::GeneralRef(reference) => {
                    let entity = format!("&{};", &*reference);
                    // An entity of the file's own is left as it is written: no version has one.
                    inner.push_str(&unescape(&entity).unwrap_or_else(|_unknown| entity.as_str().into()));
                }
                Event::Eof if open.is_empty() && seen => return Ok(project),
                Event::Eof => return Err("it ends too early".to_owned()),
                _ => {}
            }
        }
    }

    fn begin(&mut self, path: &[&str]) {
        match path {
            ["project", "dependencies", "dependency"] => self.asked.push(Dependency::default()),
            ["project", "dependencyManagement", "dependencies", "dependency"] => {
                self.managed.push(Dependency::default());
            }
            _ => {}
        }
    }

    fn end(&mut self, path: &[&str], text: &str) {
        let text = text.to_owned();
        match path {
            ["project", "parent", name] => self.parent.set(name, text),
            ["project", "properties", name] => {
                self.properties.insert((*name).to_owned(), text);
            }
            ["project", "dependencies", "dependency", name] => {
                if let Some(last) = self.asked.last_mut() {
                    last.set(name, text);
                }
            }
            ["project", "dependencyManagement", "dependencies", "dependency", name] => {
                if let Some(last) = self.managed.last_mut() {
                    last.set(name, text);
                }
            }
            ["project", "licenses", "license", "name"] if !text.is_empty() => {
                self.licenses.push(normalise(&text));
            }
            ["project", name] => self.own.set(name, text),
            _ => {}
        }
    }

    /// The project itself; what it does not state it has from its parent.
    pub(in crate::formats) fn own(&self) -> Dependency {
        let mut own = self.own.clone();
        for (own, parent) in [(&mut own.group, &self.parent.group), (&mut own.version, &self.parent.version)]
        {
            if own.is_empty() {
                own.clone_from(parent);
            }
        }
        own
    }

    /// Its licences; any of them may be chosen.
    pub(in crate::formats) fn licenses(&self) -> &[String] {
        &self.licenses
    }

    /// The libraries that are there when the program runs, completed from the list of managed ones.
    pub(in crate::formats) fn dependencies(&self) -> impl Iterator<Item = Dependency> {
        let key =
            |dependency: &Dependency| (self.resolve(&dependency.group), self.resolve(&dependency.artifact));
        let managed: HashMap<_, _> = self.managed.iter().map(|managed| (key(managed), managed)).collect();
        self.asked.iter().filter_map(move |asked| {
            let mut asked = asked.clone();
            if let Some(managed) = managed.get(&key(&asked)) {
                for (own, managed) in
                    [(&mut asked.version, &managed.version), (&mut asked.scope, &managed.scope)]
                {
                    if own.is_empty() {
                        own.clone_from(managed);
                    }
                }
            }
            let scope = self.resolve(&asked.scope);
            let is_there = !matches!(scope.as_deref(), Some("test" | "provided" | "system" | "import"));
            (is_there && self.resolve(&asked.optional).as_deref() != Some("true")).then_some(asked)
        })
    }

    /// The text with all properties put in; nothing when one is not known here.
    pub(in crate::formats) fn resolve(&self, text: &str) -> Option<String> {
        let mut text = text.to_owned();
        for _step in 0..STEPS {
            let Some((before, rest)) = text.split_once("${") else { return Some(text) };
            let (name, after) = rest.split_once('}')?;
            text = format!("{before}{}{after}", self.property(name)?);
            if text.len() > LONGEST {
                return None;
            }
        }
        None
    }

    fn property(&self, name: &str) -> Option<String> {
        let bare = name.strip_prefix("project.").or_else(|| name.strip_prefix("pom.")).unwrap_or(name);
        let own = self.own();
        let found = match bare {
            _ if self.properties.contains_key(name) => self.properties.get(name).cloned()?,
            "groupId" => own.group,
            "artifactId" => own.artifact,
            "version" => own.version,
            "parent.groupId" => self.parent.group.clone(),
            "parent.version" => self.parent.version.clone(),
            _ => return None,
        };
        Some(found).filter(|found| !found.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(properties: &str) -> Project {
        Project::parse(&format!(
            "<project><version>1.0</version><properties>{properties}</properties></project>"
        ))
        .unwrap()
    }

    #[test]
    fn puts_properties_in() {
        let project = project("<a>${b}.2</a><b>7</b><project.build>x</project.build>");
        for (text, expected) in [
            ("1.0", Some("1.0")),
            ("${a}-${project.version}", Some("7.2-1.0")),
            ("${pom.version}", Some("1.0")),
            ("${project.build}", Some("x")),
            ("${project.parent.version}", None),
            ("${unknown}", None),
            ("${a", None),
        ] {
            assert_eq!(project.resolve(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn ends_where_properties_do_not() {
        let long = "${b}".repeat(200);
        let project = project(&format!("<a>${{a}}</a><b>{long}</b>"));
        assert_eq!(project.resolve("${a}"), None);
        assert_eq!(project.resolve("${b}"), None);
    }

    #[test]
    fn refuses_elements_without_end_of_depth() {
        let deep = "<project>".repeat(DEEPEST + 1);
        assert!(Project::parse(&deep).unwrap_err().contains("deep"));
    }
}
