//! The requests that the window itself makes: a proof, and after it what needs the owner's token.

use std::fmt;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use ureq::Agent;
use url::Url;

use super::proof;

const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: u64 = 64 * 1024;

/// The owner's token; never printed.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Wrap the token.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The token itself, for a header or the environment of our own sidecar.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(…)")
    }
}

/// Why a server was not used.
#[derive(Debug, thiserror::Error)]
pub enum OwnerError {
    /// Nobody answers there.
    #[error("nothing answers at {0}")]
    Away(String),
    /// Something answers, but it does not know the token. Only a nonce was sent to it.
    #[error("what answers at {0} could not prove that it is the Cortex of this library")]
    Unproven(String),
    /// The proven server did not do what it was asked.
    #[error("Cortex answered {0}")]
    Refused(u16),
    /// The proven server gave no ticket.
    #[error("Cortex did not sign the window in: {0}")]
    NoTicket(String),
    /// The system gave no random numbers.
    #[error("the system gave no random numbers: {0}")]
    NoRandomness(#[from] getrandom::Error),
}

/// A server that has proved that it is the owner's. It does so again before each request that carries the token.
#[derive(Debug, Clone)]
pub struct Connection {
    origin: Url,
    token: Token,
}

#[derive(Deserialize)]
struct Proof {
    proof: String,
}

#[derive(Deserialize)]
struct Ticket {
    ticket: String,
}

impl Connection {
    /// Let the server at `origin` prove itself.
    pub fn prove(origin: &Url, token: Token) -> Result<Self, OwnerError> {
        let connection = Self::of(origin, token);
        connection.prove_again()?;
        Ok(connection)
    }

    pub(crate) fn of(origin: &Url, token: Token) -> Self {
        let origin = origin.clone();
        Self { origin, token }
    }

    /// Let it prove itself once more: another program may have its port by now.
    pub fn prove_again(&self) -> Result<(), OwnerError> {
        self.proven().map(drop)
    }

    /// A proof on a fresh nonce, right before the token is sent. What asked for it sends the token, too: on the same
    /// line, where the server keeps that open.
    fn proven(&self) -> Result<Agent, OwnerError> {
        let named = self.origin.origin().ascii_serialization();
        let nonce = proof::new_nonce()?;
        let (agent, key) = (agent(), proof::OWNER_KEY_ID);
        let asked = agent
            .get(format!("{named}/api/auth/proof?nonce={nonce}&key_id={key}"))
            .call();
        let answer = asked.map_err(|_| OwnerError::Away(named.clone()))?;
        match read::<Proof>(answer) {
            Some(Proof { proof }) if proof::holds(&proof, self.token.reveal(), &named, &nonce) => Ok(agent),
            _ => Err(OwnerError::Unproven(named)),
        }
    }

    /// The origin of the served interface.
    pub fn origin(&self) -> &Url {
        &self.origin
    }

    /// The owner's token.
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Send a request without a body, for example to `/api/processing/pause`.
    pub fn post(&self, path: &str) -> Result<(), OwnerError> {
        let named = self.origin.origin().ascii_serialization();
        let asked = self
            .proven()?
            .post(format!("{named}{path}"))
            .header("Authorization", format!("Bearer {}", self.token.reveal()))
            .send_empty();
        match asked {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(OwnerError::Refused(answer.status().as_u16())),
            Err(_) => Err(OwnerError::Away(named)),
        }
    }

    /// The address that signs a page in once, within a minute, and then shows `place` (a path with its query).
    pub fn sign_in(&self, place: &str) -> Result<Url, OwnerError> {
        let named = self.origin.origin().ascii_serialization();
        let asked = self
            .proven()?
            .post(format!("{named}/api/auth/tickets"))
            .header("Authorization", format!("Bearer {}", self.token.reveal()))
            .header("Content-Type", "application/json")
            .send(r#"{"purpose":"session"}"#);
        let answer = asked.map_err(|error| OwnerError::NoTicket(error.to_string()))?;
        let status = answer.status();
        let Ticket { ticket } =
            read(answer).ok_or_else(|| OwnerError::NoTicket(format!("it answered {}", status.as_u16())))?;
        let mut address = self.origin.join(place).unwrap_or_else(|_| self.origin.clone());
        if address.origin() != self.origin.origin() {
            address = self.origin.clone();
        }
        address.query_pairs_mut().append_pair("ticket", &ticket);
        Ok(address)
    }
}

/// Whether something answers at `origin` at all, within this time. It is sent nothing but the question.
pub fn answers(origin: &Url, within: Duration) -> bool {
    let named = origin.origin().ascii_serialization();
    agent_within(within).get(format!("{named}/api/health")).call().is_ok()
}

fn agent() -> Agent {
    agent_within(ANSWERS_WITHIN)
}

/// Speaks to this machine alone: through no proxy, to no other place than the one it was sent to.
fn agent_within(time: Duration) -> Agent {
    Agent::config_builder()
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(time))
        .user_agent(concat!("cortex-desktop/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// The JSON of a good answer; None for any other.
fn read<T: DeserializeOwned>(mut answer: ureq::http::Response<ureq::Body>) -> Option<T> {
    if !answer.status().is_success() {
        return None;
    }
    let text = answer
        .body_mut()
        .with_config()
        .limit(LONGEST_ANSWER)
        .read_to_string()
        .ok()?;
    serde_json::from_str(&text).ok()
}
