//! The machine this program runs on: its name, system, processors, memory and addresses.
//!
//! Source: `uname(2)`, `os-release(5)`, and the files `/proc/stat`, `/proc/meminfo`, `/proc/net/fib_trie` and
//! `/proc/net/if_inet6` as the kernel's `Documentation/filesystems/proc.rst` and `Documentation/networking` describe
//! them. In a container these tell of the container's network; what cannot be read is left empty.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::Path;

use bounded::read_file;
use model::Host;

/// Files of the kernel and the distribution; routers and large machines have long ones.
const FILE_BYTES: u64 = 16 << 20;

/// This machine.
#[must_use]
pub fn read() -> Host {
    let told = rustix::system::uname();
    let text = |word: &std::ffi::CStr| word.to_string_lossy().into_owned();
    Host {
        name: text(told.nodename()),
        os: [Path::new("/etc/os-release"), Path::new("/usr/lib/os-release")]
            .into_iter()
            .find_map(|path| pretty_name(&file(path)?))
            .unwrap_or_else(|| text(told.sysname())),
        kernel: text(told.release()),
        architecture: architecture(&text(told.machine())),
        processors: file(Path::new("/proc/stat")).map_or(0, |stat| processors(&stat)),
        memory: file(Path::new("/proc/meminfo")).and_then(|text| memory(&text)).unwrap_or_default(),
        addresses: addresses(
            &file(Path::new("/proc/net/fib_trie")).unwrap_or_default(),
            &file(Path::new("/proc/net/if_inet6")).unwrap_or_default(),
        ),
    }
}

/// What this machine calls itself for ever; nothing where nobody named it, as in many containers.
#[must_use]
pub fn machine() -> Option<String> {
    let files = ["/etc/machine-id", "/var/lib/dbus/machine-id"];
    files.into_iter().find_map(|path| {
        let text = file(Path::new(path))?;
        let id = text.trim();
        (id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| id.to_ascii_lowercase())
    })
}

fn file(path: &Path) -> Option<String> {
    let bytes = read_file(path, FILE_BYTES).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The line for people in an `os-release` file.
fn pretty_name(text: &str) -> Option<String> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix("PRETTY_NAME="))?;
    let bare = value.trim().trim_matches(['"', '\'']);
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// A processor as Go names it, from the kernel's name.
fn architecture(machine: &str) -> String {
    let name = match machine {
        "x86_64" => "amd64",
        "i386" | "i486" | "i586" | "i686" => "386",
        "aarch64" => "arm64",
        "loongarch64" => "loong64",
        other if other.starts_with("arm") => "arm",
        other => other,
    };
    name.to_owned()
}

/// How many processors are counted one by one in `/proc/stat`, whatever their kind.
fn processors(stat: &str) -> u32 {
    let one = |line: &&str| {
        let number = line.strip_prefix("cpu").and_then(|rest| rest.split(' ').next());
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    u32::try_from(stat.lines().filter(one).count()).unwrap_or(u32::MAX)
}

/// All memory in bytes, from `/proc/meminfo`.
fn memory(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// The addresses of this machine's interfaces, without those that lead nowhere else.
fn addresses(routes: &str, interfaces: &str) -> Vec<String> {
    let four = ipv4(routes).into_iter().map(|address| address.to_string());
    let six = ipv6(interfaces).into_iter().map(|address| address.to_string());
    four.chain(six).collect()
}

/// The addresses in the kernel's routing trie: those that are a host of their own and local.
fn ipv4(routes: &str) -> BTreeSet<Ipv4Addr> {
    let mut found = BTreeSet::new();
    let mut last = None;
    for line in routes.lines() {
        if let Some(address) = line.trim_start().strip_prefix("|-- ") {
            last = address.trim().parse::<Ipv4Addr>().ok();
        } else if line.trim() == "/32 host LOCAL" {
            found.extend(last.filter(|address| !address.is_loopback() && !address.is_link_local()));
        }
    }
    found
}

/// The addresses of `if_inet6`: 32 hexadecimal digits, then what the interface is.
fn ipv6(interfaces: &str) -> BTreeSet<Ipv6Addr> {
    let address = |line: &str| {
        let digits = line.split_whitespace().next().filter(|digits| digits.len() == 32)?;
        u128::from_str_radix(digits, 16).ok().map(Ipv6Addr::from)
    };
    let elsewhere = |address: &Ipv6Addr| !address.is_loopback() && !address.is_unicast_link_local();
    interfaces.lines().filter_map(address).filter(elsewhere).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_this_machine() {
        let host = read();
        assert!(!host.name.is_empty() && !host.os.is_empty() && !host.kernel.is_empty(), "{host:?}");
        let known = ["amd64", "arm64", "386", "arm", "riscv64", "loong64", "ppc64le", "s390x"];
        assert!(known.contains(&host.architecture.as_str()), "{host:?}");
        let threads = std::thread::available_parallelism().unwrap().get();
        assert!(usize::try_from(host.processors).unwrap() >= threads, "{host:?}");
        assert!(host.memory > 1 << 20, "{host:?}");
        assert!(host.addresses.iter().all(|address| address != "127.0.0.1" && address != "::1"), "{host:?}");
    }

    #[test]
    fn addresses_are_those_of_interfaces() {
        let routes = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.1\n        /32 host LOCAL\n     \
            |-- 192.0.2.0\n        /24 link UNICAST\n     |-- 192.0.2.2\n        /32 host LOCAL\n     \
            |-- 192.0.2.255\n        /32 link BROADCAST\nLocal:\n     |-- 192.0.2.2\n        /32 host LOCAL\n     \
            |-- 169.254.1.1\n        /32 host LOCAL\n";
        let interfaces = "fe8000000000000000fc00fffe000001 04 40 20 80     eth0\n\
            fd000000000000000000000000000002 04 40 00 82     eth0\n\
            00000000000000000000000000000001 01 80 10 80       lo\nnonsense\n";
        assert_eq!(addresses(routes, interfaces), ["192.0.2.2", "fd00::2"]);
        assert_eq!(addresses("", ""), Vec::<String>::new());
    }

    #[test]
    fn reads_the_files_of_the_kernel() {
        assert_eq!(pretty_name("NAME=a\nPRETTY_NAME=\"Debian 12\"\n").unwrap(), "Debian 12");
        assert_eq!(pretty_name("PRETTY_NAME=\"\"\n"), None);
        assert_eq!(memory("MemTotal:       24684092 kB\nMemFree: 1 kB\n"), Some(24_684_092 * 1024));
        assert_eq!(memory("MemTotal: much\n"), None);
        assert_eq!(processors("cpu  1 2\ncpu0 1 2\ncpu1 1 2\nintr 5\ncpufreq 1\n"), 2);
        assert_eq!((architecture("x86_64"), architecture("s390x")), ("amd64".into(), "s390x".into()));
    }
}
