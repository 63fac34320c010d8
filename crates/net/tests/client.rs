//! The client against servers that this test plays itself, answer by answer.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failure is a failed test")]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use net::{Authorization, Client, Error, Fetch, Method, Options, Request, Speed};

/// Answers one connection after the other, the last answer for ever, and keeps what was asked.
struct Server {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for (place, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                heard.lock().unwrap().push(head(&mut stream));
                let answer = answers.get(place).or(answers.last()).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                if answer.contains("stall") {
                    std::thread::sleep(Duration::from_secs(20));
                }
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        head.push(byte[0]);
        // The first byte of a TLS greeting, to which a plain server has one answer.
        if head == [0x16] {
            break;
        }
    }
    String::from_utf8_lossy(&head).to_ascii_lowercase()
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

fn client() -> Client {
    let read_timeout = Duration::from_secs(2);
    Client::new(&Options { bypass_proxy: true, read_timeout, ..Options::default() }).unwrap()
}

fn get(url: &str) -> Result<net::Response, Error> {
    client().send(&Request::get(url))
}

fn body(fetch: Fetch) -> (String, Option<String>) {
    let Fetch::Body { mut reader, fingerprint, .. } = fetch else { panic!("it is new") };
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    (text, fingerprint)
}

#[test]
fn fetches_only_what_is_new() {
    let server = Server::new(vec![
        answer("200 OK", "ETag: \"one\"\r\n", "first"),
        answer("304 Not Modified", "", ""),
        answer("200 OK", "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n", "second"),
        answer("304 Not Modified", "", ""),
    ]);
    let client = client();
    let (text, fingerprint) = body(client.fetch(&server.url, None).unwrap());
    assert_eq!((text.as_str(), fingerprint.as_deref()), ("first", Some("\"one\"")));
    assert!(matches!(client.fetch(&server.url, fingerprint.as_deref()).unwrap(), Fetch::Unchanged));
    let (_, fingerprint) = body(client.fetch(&server.url, Some("\"one\"")).unwrap());
    assert!(matches!(client.fetch(&server.url, fingerprint.as_deref()).unwrap(), Fetch::Unchanged));
    let asked = server.asked();
    assert!(asked[0].contains("user-agent: lazaret/") && !asked[0].contains("if-none-match"));
    assert!(asked[1].contains("if-none-match: \"one\""));
    assert!(asked[3].contains("if-modified-since: mon, 01 jan 2024"));
}

#[test]
fn asks_again_when_the_server_is_busy_and_not_when_it_refuses() {
    let busy = Server::new(vec![
        answer("503 Busy", "", ""),
        answer("429 Slow", "Retry-After: 1\r\n", ""),
        answer("200 OK", "", "done"),
    ]);
    let start = Instant::now();
    assert_eq!(get(&busy.url).unwrap().text(100).unwrap(), "done");
    assert!(start.elapsed() > Duration::from_secs(1));
    let refusing = Server::new(vec![answer("404 Not Found", "", "")]);
    assert_eq!(client().fetch(&refusing.url, None).unwrap_err().status(), Some(404));
    assert_eq!(refusing.asked().len(), 1);
    let busy = Server::new(vec![answer(
        "429 Slow",
        "Content-Type: application/json\r\nRetry-After: 99\r\n",
        "{\"errors\":[{\"code\":\"toomanyrequests\",\"message\":\"slow down\"}]}",
    )]);
    let refusal = get(&busy.url).unwrap().into_refusal();
    assert_eq!((refusal.code.as_deref(), refusal.error.status()), (Some("TOOMANYREQUESTS"), Some(429)));
    let patient = Server::new(vec![answer("429 Slow", "Retry-After: 86400\r\n", "")]);
    assert_eq!(get(&patient.url).unwrap().status(), 429);
}

#[test]
fn a_request_that_was_put_off_is_repeated_even_when_it_changes_something() {
    let post = |url: &str| Request { method: Method::Post, body: Some(b"a=b".to_vec()), ..Request::get(url) };
    let dates = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    let busy = Server::new(vec![answer("429 Slow", dates, ""), answer("200 OK", "", "done")]);
    let start = Instant::now();
    assert_eq!(client().send(&post(&busy.url)).unwrap().text(100).unwrap(), "done");
    assert!(start.elapsed() > Duration::from_secs(1));
    let failing = Server::new(vec![answer("503 Busy", "", ""), answer("200 OK", "", "done")]);
    assert_eq!(client().send(&post(&failing.url)).unwrap().status(), 503);
    assert_eq!(failing.asked().len(), 1);
}

#[test]
fn a_body_that_drips_is_left() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            head(&mut stream);
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").unwrap();
            while stream.write_all(b"x").is_ok() {
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    });
    let slowest = Some(Speed { bytes: 1000, within: Duration::from_secs(1) });
    let client = Client::new(&Options { bypass_proxy: true, slowest, ..Options::default() }).unwrap();
    let start = Instant::now();
    let error = client.send(&Request::get(&url)).unwrap().bytes(1 << 20).unwrap_err();
    assert!(matches!(&error, Error::Slow { bytes: 1..100, .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(3));
}

#[test]
fn a_reader_may_take_its_time() {
    let server = Server::new(vec![answer("200 OK", "", &"x".repeat(200_000))]);
    let slowest = Some(Speed { bytes: 150_000, within: Duration::from_secs(1) });
    let client = Client::new(&Options { bypass_proxy: true, slowest, ..Options::default() }).unwrap();
    let mut reader = client.send(&Request::get(&server.url)).unwrap().into_reader();
    let mut some = vec![0; 100_000];
    reader.read_exact(&mut some).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let mut rest = Vec::new();
    reader.read_to_end(&mut rest).unwrap();
    assert_eq!(rest.len(), 100_000);
}

#[test]
fn a_proxy_is_told_who_asks_and_is_not_asked_for_some_hosts() {
    let proxy = Server::new(vec![answer("200 OK", "", "by proxy")]);
    let direct = Server::new(vec![answer("200 OK", "", "direct")]);
    let address = proxy.url.replace("http://", "http://me:p%40ss@");
    let options = |no_proxy: &[&str]| Options {
        proxy: Some(address.clone()),
        no_proxy: no_proxy.iter().map(|&host| host.to_owned()).collect(),
        ..Options::default()
    };
    let ask = |options: &Options| {
        let client = Client::new(options).unwrap();
        client.send(&Request::get(&direct.url)).unwrap().text(100).unwrap()
    };
    assert_eq!(ask(&options(&["other.example", "10.0.0.0/8"])), "by proxy");
    let asked = proxy.asked().remove(0);
    // `me:p@ss`
    assert!(asked.contains("proxy-authorization: basic bwu6cebzcw=="), "{asked}");
    assert!(asked.starts_with(&format!("get {}/ ", direct.url)), "{asked}");
    assert_eq!(ask(&options(&["127.0.0.0/8"])), "direct");
    assert!(!direct.asked()[0].contains("proxy-authorization"));
    assert!(!format!("{:?}", options(&[])).contains("p%40ss"));
    let error = Client::new(&Options { proxy: Some("://me:hunter2".to_owned()), ..Options::default() });
    let error = error.unwrap_err().to_string();
    assert!(error.contains("it is no proxy's") && !error.contains("hunter2"), "{error}");
}

/// The environment belongs to the whole process, so the question is asked in another one, which is this test again.
#[test]
fn asks_the_proxy_that_the_environment_names() {
    const CHILD: &str = "LAZARET_TEST_IN_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let ask = |url: &str, bypass_proxy| {
            let client = Client::new(&Options { retries: 0, bypass_proxy, ..Options::default() }).unwrap();
            client.send(&Request::get(url)).and_then(|response| response.text(100))
        };
        assert_eq!(ask("http://registry.invalid/", false).unwrap(), "by proxy");
        assert!(ask("http://other.invalid/", false).is_err());
        assert!(ask("http://registry.invalid/", true).is_err());
        return;
    }
    let proxy = Server::new(vec![answer("200 OK", "", "by proxy")]);
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "asks_the_proxy_that_the_environment_names", "--nocapture"])
        .env_clear()
        .envs([(CHILD, "1"), ("http_proxy", &proxy.url), ("no_proxy", "other.invalid")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(proxy.asked().len(), 1);
}

#[test]
fn a_redirect_to_another_host_carries_no_credential() {
    let storage = Server::new(vec![answer("200 OK", "", "blob")]);
    let other = storage.url.replace("127.0.0.1", "localhost");
    let registry = Server::new(vec![
        answer("307 Moved", "Location: /again\r\n", ""),
        answer("307 Moved", &format!("Location: {other}/blob?signature=1\r\n"), ""),
    ]);
    let mut request = Request::get(&registry.url);
    request.authorization = Some(Authorization::Bearer("secret".to_owned()));
    let request = request.header("X-Security-Token", "secret").header("accept", "text/plain");
    assert_eq!(client().send(&request).unwrap().text(100).unwrap(), "blob");
    let asked = registry.asked();
    assert!(asked[0].contains("authorization: bearer secret"));
    assert!(asked[1].contains("x-security-token: secret"));
    assert!(asked[1].contains("get /again") && asked[1].contains("authorization: bearer secret"));
    assert!(!storage.asked()[0].contains("secret") && storage.asked()[0].contains("accept: text/plain"));
}

#[test]
fn redirects_end_somewhere() {
    let circle = Server::new(vec![answer("302 Found", "Location: /\r\n", "")]);
    assert!(matches!(get(&circle.url), Err(Error::Redirect { .. })));
    let file = Server::new(vec![answer("302 Found", "Location: file:///etc/passwd\r\n", "")]);
    assert!(matches!(get(&file.url), Err(Error::Redirect { .. })));
}

#[test]
fn a_refusal_shows_the_servers_words_and_no_secret() {
    let text = "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no \\u001b[31m pull for hunter2\"}]}";
    let server = Server::new(vec![answer("403 Forbidden", "Content-Type: application/json\r\n", text)]);
    let mut request = Request::get(format!("{}/x?sig=1", server.url.replace("http://", "http://me:word@")));
    request.authorization =
        Some(Authorization::Basic { username: "me".to_owned(), password: "hunter2".to_owned() });
    let error = client().send(&request).unwrap().into_error().to_string();
    assert_eq!(error, format!("`{}/x` answered 403: no [31m pull for …", server.url));
}

#[test]
fn a_silent_server_is_left() {
    let start = Instant::now();
    let silent = Server::new(vec!["HTTP/1.1 200 OK\r\nX: stall\r\n".to_owned()]);
    let error = get(&silent.url).unwrap_err();
    assert!(matches!(error, Error::Timeout { seconds: 2, .. }), "{error}");
    let half = Server::new(vec!["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nstall".to_owned()]);
    let error = get(&half.url).unwrap().bytes(1000).unwrap_err();
    assert!(matches!(error, Error::Timeout { seconds: 2, .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(8));
}

#[test]
fn bodies_have_a_limit_and_an_end() {
    let server = Server::new(vec![answer("200 OK", "", "0123456789")]);
    assert!(matches!(get(&server.url).unwrap().bytes(9), Err(Error::TooLarge { limit: 9, .. })));
    assert_eq!(get(&server.url).unwrap().bytes(10).unwrap(), b"0123456789");
    assert!(matches!(get(&server.url).unwrap().json::<Vec<u8>>(99), Err(Error::Answer { .. })));
    let short = Server::new(vec!["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_owned()]);
    let error = get(&short.url).unwrap().bytes(1000).unwrap_err();
    assert!(matches!(error, Error::Broken { .. }), "{error}");
}

#[test]
fn says_why_nobody_answers() {
    let once = Client::new(&Options { bypass_proxy: true, retries: 0, ..Options::default() }).unwrap();
    let error = once.send(&Request::get(format!("http://127.0.0.1:{}/", testkit::free_port()))).unwrap_err();
    assert!(error.to_string().contains("Connection refused"), "{error}");
    let error = once.send(&Request::get("http://no-such-host.invalid/")).unwrap_err();
    assert!(matches!(error, Error::Resolve { .. }), "{error}");
    let plain = Server::new(vec![answer("400 Bad Request", "", "")]);
    let error = once.send(&Request::get(plain.url.replace("http:", "https:"))).unwrap_err();
    assert!(error.is_not_tls(), "{error}");
    let error = once.send(&Request::get("ftp://me:word@host/")).unwrap_err();
    assert!(matches!(&error, Error::Address { url, .. } if url == "ftp://host/"), "{error}");
}

#[test]
fn a_ca_file_without_certificates_is_refused() {
    let options = Options { ca_files: vec!["/dev/null".into()], ..Options::default() };
    let error = Client::new(&options).unwrap_err().to_string();
    assert!(error.contains("`/dev/null`: it holds no certificate"), "{error}");
}
