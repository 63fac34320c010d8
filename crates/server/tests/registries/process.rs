//! The server as others meet it: by who is not signed in, over a port, and after a restart.

use axum::body::Body;
use http::{Method, Request};
use serde_json::Value;
use server::App;
use tokio::sync::watch;

use crate::{Answer, Server};

impl Server {
    /// Posts as somebody who is not signed in.
    pub(crate) async fn tell(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(Method::POST).uri(format!("/api/v1{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
        self.answer(request.unwrap()).await
    }

    /// Ends the workers, and begins anew with nothing but what is kept.
    pub(crate) async fn restart(&mut self) {
        self.ending.send_replace(true);
        let settings = self.app.settings.clone();
        self.app = App::open(settings).await.unwrap();
        self.router = server::router(self.app.clone());
        self.ending = watch::channel(false).0;
        self.work();
    }

    /// Answers on a port of this machine as long as the test runs; gives `http://127.0.0.1:PORT`.
    pub(crate) async fn listen(&self) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}")
    }
}
