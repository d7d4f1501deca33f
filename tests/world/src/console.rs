//! The supervisor's browser.

use crate::world::PASSWORD;

/// A browser with a session.
pub struct Console {
    client: reqwest::Client,
    url: String,
    cookie: String,
    csrf: String,
}

impl Console {
    /// Signs in.
    pub async fn sign_in(url: &str, login: &str) -> Self {
        let client = reqwest::Client::new();
        let answer = client
            .post(format!("{url}/api/session"))
            .json(&serde_json::json!({ "login": login, "password": PASSWORD }))
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        let session: serde_json::Value = answer.json().await.unwrap();
        Self { client, url: url.to_owned(), cookie, csrf: session["csrf"].as_str().unwrap().to_owned() }
    }

    /// Reads a page.
    pub async fn get(&self, path: &str) -> serde_json::Value {
        let answer = self.client.get(format!("{}/api/{path}", self.url)).header("cookie", &self.cookie).send().await.unwrap();
        assert!(answer.status().is_success(), "GET {path}: {} {}", answer.status(), answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Does something.
    pub async fn post(&self, path: &str, body: serde_json::Value) -> serde_json::Value {
        let request = self.client.post(format!("{}/api/{path}", self.url)).header("cookie", &self.cookie).header("x-davy-csrf", &self.csrf);
        let answer = request.json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "POST {path}: {} {}", answer.status(), answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Takes something back.
    pub async fn delete(&self, path: &str) {
        let request =
            self.client.delete(format!("{}/api/{path}", self.url)).header("cookie", &self.cookie).header("x-davy-csrf", &self.csrf);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "DELETE {path}: {} {}", answer.status(), answer.text().await.unwrap());
    }
}
