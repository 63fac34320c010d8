//! Where reports go, and in which form.

use std::io::{BufWriter, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use model::Report;
use report::{Format, Style, Template};

use crate::cli::ScanArguments;
use crate::{inspectors, settings};

/// Who a VEX document is from, as far as the program knows.
const AUTHOR: &str = "Lazaret";

/// What a report is written as.
enum Form {
    /// One of the formats of `report`.
    Format(&'static Format),
    /// The user's template.
    Template(Template),
    /// A VEX document of the decisions.
    OpenVex,
}

/// The reports that were asked for, checked before anything is scanned.
pub(crate) struct Outputs<'a> {
    arguments: &'a ScanArguments,
    main: Form,
    files: Vec<(Form, &'a Path)>,
}

impl<'a> Outputs<'a> {
    /// What the arguments ask for.
    pub(crate) fn new(arguments: &'a ScanArguments) -> Result<Self> {
        let form = |name: &str| Form::named(name, arguments);
        let mut files = Vec::new();
        for (name, path) in &arguments.report {
            files.push((form(name)?, path.as_path()));
        }
        Ok(Self { arguments, main: form(&arguments.format)?, files })
    }

    /// Writes all of them.
    pub(crate) fn write(&self, reports: &[Report]) -> Result<()> {
        let language = self.arguments.lang.unwrap_or_else(settings::language);
        let plain = Style { language, ..Style::default() };
        match &self.arguments.output {
            Some(path) => write_file(reports, &self.main, plain, path)?,
            None => self.print(reports, plain)?,
        }
        for (form, path) in &self.files {
            write_file(reports, form, plain, path)?;
        }
        Ok(())
    }

    /// Writes the main report to standard output: a table in the colours the terminal knows, anything else byte for
    /// byte.
    fn print(&self, reports: &[Report], plain: Style) -> Result<()> {
        let table = self.arguments.format == "table";
        let terminal = std::io::stdout().is_terminal();
        if terminal && self.arguments.format == "xlsx" {
            bail!("cannot show a workbook on a terminal; hint: --output report.xlsx");
        }
        let written = if table {
            let style = Style { color: true, width: terminal.then(terminal_width).flatten(), ..plain };
            self.main.write(reports, style, &mut BufWriter::new(anstream::stdout().lock()))
        } else {
            self.main.write(reports, plain, &mut BufWriter::new(std::io::stdout().lock()))
        };
        match written {
            Err(error) if is_broken_pipe(&error) => Ok(()),
            written => written.context("cannot write the report"),
        }
    }
}

/// Whether nobody reads any more: who reads, as `head` does, may have seen enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let errors = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    errors.into_iter().any(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

impl Form {
    fn named(name: &str, arguments: &ScanArguments) -> Result<Self> {
        match name {
            "openvex" => Ok(Self::OpenVex),
            "template" => {
                let file = arguments.template.as_ref();
                let file = file.context("the format `template` needs a template; hint: --template FILE")?;
                Ok(Self::Template(Template::new(file.display().to_string(), inspectors::text(file)?)?))
            }
            name => Ok(Self::Format(Format::by_name(name)?)),
        }
    }

    fn write(&self, reports: &[Report], style: Style, out: &mut dyn Write) -> Result<()> {
        match self {
            Self::Format(format) => report::render(reports, format, style, out)?,
            Self::Template(template) => report::render_template(reports, template, style, out)?,
            Self::OpenVex => {
                let vex = decisions::open_vex(reports, AUTHOR, &settings::now());
                serde_json::to_writer_pretty(&mut *out, &vex)?;
                writeln!(out)?;
            }
        }
        Ok(out.flush()?)
    }
}

fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}

fn write_file(reports: &[Report], form: &Form, style: Style, path: &Path) -> Result<()> {
    let context = || format!("cannot write `{}`", path.display());
    let mut out = BufWriter::new(std::fs::File::create(path).with_context(context)?);
    form.write(reports, style, &mut out).with_context(context)
}
