use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A web server on this machine that a test plays: every request is answered by a function, and remembered.
///
/// It ends with the test's process. One connection carries one request.
#[derive(Debug)]
pub struct WebServer {
    /// `127.0.0.1:PORT`
    pub host: String,
    heard: Arc<Mutex<Vec<Asked>>>,
}

/// One request that came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `GET`
    pub method: String,
    /// The path as sent, still encoded, without the query.
    pub path: String,
    /// The query as sent, still encoded, without `?`; empty when there is none.
    pub query: String,
    /// The headers, their names in lower case.
    pub headers: Vec<(String, String)>,
    /// What was handed over.
    pub body: Vec<u8>,
    /// How often the same path and query were asked for before.
    pub before: usize,
}

impl Asked {
    /// The first header of that name, which is written in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of the query, still encoded.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(own, _)| *own == name)
            .map(|(_, v)| v)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// What a test's server answers.
#[derive(Clone, Debug)]
pub struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    cut: Option<usize>,
}

impl Answer {
    /// How many bytes its body has.
    pub(crate) fn length(&self) -> usize {
        self.body.len()
    }

    /// Whether it says that things went well.
    pub(crate) fn is_success(&self) -> bool {
        self.status < 400
    }

    /// An answer with a status and a body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), cut: None }
    }

    /// A JSON document, which went well.
    pub fn json(text: impl Into<Vec<u8>>) -> Self {
        Self::new(200, text).header("Content-Type", "application/json")
    }

    /// Nothing of that name, in the words of a registry.
    pub fn not_found() -> Self {
        let body =
            r#"{"errors":[{"code":"NAME_UNKNOWN","message":"repository name not known to registry"}]}"#;
        Self::new(404, body).header("Content-Type", "application/json")
    }

    /// With one more header.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The connection is closed after so many bytes of the body, though more are announced.
    pub fn cut(mut self, bytes: usize) -> Self {
        self.cut = Some(bytes);
        self
    }
}

impl WebServer {
    /// Starts it on a port of its own; `answer` may be called for several requests at once.
    pub fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (kept, answer) = (Arc::clone(&heard), Arc::new(answer));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, kept, answer) = (stream.unwrap(), Arc::clone(&kept), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &kept, &*answer));
            }
        });
        Self { host, heard }
    }

    /// `http://127.0.0.1:PORT`
    pub fn url(&self) -> String {
        format!("http://{}", self.host)
    }

    /// What was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, heard: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Answer) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let Some(mut asked) = read(&mut reader) else {
        // A TLS greeting, which a plain server does not understand. The other side may be gone already.
        return write(stream, &Answer::new(400, ""), "GET").unwrap_or_default();
    };
    let answer = {
        let mut heard = heard.lock().unwrap();
        let same = |past: &&Asked| past.path == asked.path && past.query == asked.query;
        asked.before = heard.iter().filter(same).count();
        heard.push(asked.clone());
        drop(heard);
        answer(&asked)
    };
    // Who asked may have gone away already.
    write(stream, &answer, &asked.method).unwrap_or_default();
}

/// Answers one request after the other until the other side has no more.
pub(crate) fn converse(stream: &TcpStream, answer: &dyn Fn(&Asked) -> Answer) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        if send(stream, &answer(&asked), &asked.method, "keep-alive").is_err() {
            return;
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    if reader.fill_buf().ok()?.first() == Some(&0x16) {
        return None;
    }
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked { method, path: path.to_owned(), query: query.to_owned(), headers, body, before: 0 })
}

fn write(stream: TcpStream, answer: &Answer, method: &str) -> std::io::Result<()> {
    send(stream, answer, method, "close")
}

fn send(mut stream: impl Write, answer: &Answer, method: &str, connection: &str) -> std::io::Result<()> {
    let Answer { status, headers, body, cut } = answer;
    let length = body.len();
    let mut head =
        format!("HTTP/1.1 {status} Status\r\nConnection: {connection}\r\nContent-Length: {length}\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut bytes = format!("{head}\r\n").into_bytes();
    if method != "HEAD" {
        bytes.extend_from_slice(body.get(..cut.unwrap_or(length)).unwrap_or(body));
    }
    // In one piece: a second one would wait until the first is acknowledged.
    stream.write_all(&bytes)?;
    stream.flush()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn answers_and_remembers() {
        let server =
            WebServer::start(|asked| Answer::json(format!("{{\"n\":{}}}", asked.before)).header("X", "y"));
        let ask = || {
            let mut stream = TcpStream::connect(&server.host).unwrap();
            stream.write_all(b"POST /a%2Fb?c=d HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi").unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            text
        };
        assert!(ask().ends_with("X: y\r\n\r\n{\"n\":0}"));
        assert!(ask().ends_with("{\"n\":1}"));
        let asked = server.asked();
        assert_eq!((asked[0].path.as_str(), asked[0].parameter("c")), ("/a%2Fb", Some("d")));
        assert_eq!((asked[1].header("host"), asked[1].text().as_str()), (Some("x"), "hi"));
    }
}
