use std::path::{Path, PathBuf};

use rcgen::{CertificateParams, Issuer, KeyPair};

/// Who signs certificates.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    directory: PathBuf,
    /// Its own certificate, for who shall trust it.
    pub file: PathBuf,
}

impl Authority {
    /// An authority whose files lie in a directory.
    pub fn new(directory: &Path, name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        let file = directory.join(format!("{name}.pem"));
        std::fs::write(&file, params.self_signed(&key).unwrap().pem()).unwrap();
        Self { issuer: Issuer::new(params, key), directory: directory.to_owned(), file }
    }

    /// A certificate for a host, as a file that holds its key too.
    pub fn sign(&self, host: &str) -> PathBuf {
        self.issue(host, &CertificateParams::new([host.to_owned()]).unwrap())
    }

    /// A certificate for a host that was good until some years ago.
    pub fn sign_expired(&self, host: &str) -> PathBuf {
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(2021, 1, 1);
        self.issue(&format!("{host}-expired"), &params)
    }

    fn issue(&self, name: &str, params: &CertificateParams) -> PathBuf {
        let key = KeyPair::generate().unwrap();
        let pem = params.signed_by(&key, &self.issuer).unwrap().pem();
        let own = self.file.file_stem().unwrap().to_string_lossy();
        let file = self.directory.join(format!("{own}-{name}.pem"));
        std::fs::write(&file, pem + &key.serialize_pem()).unwrap();
        file
    }
}

/// A certificate for a host that nobody but itself signed: as a file that holds its key too, and as one to be trusted.
pub fn self_signed(directory: &Path, host: &str) -> (PathBuf, PathBuf) {
    let key = KeyPair::generate().unwrap();
    let pem = CertificateParams::new([host.to_owned()]).unwrap().self_signed(&key).unwrap().pem();
    let (file, trusted) = (directory.join("self-signed.pem"), directory.join("self-signed-trusted.pem"));
    std::fs::write(&trusted, &pem).unwrap();
    std::fs::write(&file, pem + &key.serialize_pem()).unwrap();
    (file, trusted)
}
