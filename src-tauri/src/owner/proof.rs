//! Proof that a server knows the owner's token, so that nothing is given to another program on the port.
//!
//! The formula is the server's (`cortex/security/proof.py`): base64url without padding of HMAC-SHA-256 over
//! `cortex-proof-v1|<origin>|owner|<nonce>`, keyed by HMAC-SHA-256(token, `cortex-owner-proof-v1`).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

type HmacSha256 = Hmac<Sha256>;

/// The id of the owner's key in a request for a proof.
pub const OWNER_KEY_ID: &str = "owner";

/// A fresh nonce: 24 random bytes in base64url.
pub fn new_nonce() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 24];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether `proof` was made with `token` for this origin (`http://127.0.0.1:8742`) and nonce; in constant time.
pub fn holds(proof: &str, token: &str, origin: &str, nonce: &str) -> bool {
    let Ok(presented) = URL_SAFE_NO_PAD.decode(proof.trim_end_matches('=')) else {
        return false;
    };
    let key = keyed(token.as_bytes())
        .chain_update("cortex-owner-proof-v1")
        .finalize()
        .into_bytes();
    keyed(&key)
        .chain_update(format!("cortex-proof-v1|{origin}|{OWNER_KEY_ID}|{nonce}"))
        .verify_slice(&presented)
        .is_ok()
}

fn keyed(key: &[u8]) -> HmacSha256 {
    match HmacSha256::new_from_slice(key) {
        Ok(mac) => mac,
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "test-token-0123456789abcdef";
    const ORIGIN: &str = "http://127.0.0.1:8742";
    const NONCE: &str = "0123456789abcdef0123";
    /// Made by the server's `cortex.security.proof.make_proof`.
    const PROOF: &str = "3y8xmZ-5TZBvsPHktv0uXzPGHV4Z93c6NOW34Ip0x6s";

    #[test]
    fn the_servers_proof_holds() {
        assert!(holds(PROOF, TOKEN, ORIGIN, NONCE));
        assert!(
            holds(&format!("{PROOF}="), TOKEN, ORIGIN, NONCE),
            "padding does not matter"
        );
    }

    #[test]
    fn no_other_proof_holds() {
        assert!(!holds(PROOF, "another-token", ORIGIN, NONCE));
        assert!(
            !holds(PROOF, TOKEN, "http://127.0.0.1:8743", NONCE),
            "a relay on another port"
        );
        assert!(!holds(PROOF, TOKEN, ORIGIN, "0123456789abcdef0124"), "an old proof");
        assert!(!holds(&PROOF[..20], TOKEN, ORIGIN, NONCE), "a part of it");
        assert!(!holds("", TOKEN, ORIGIN, NONCE));
        assert!(!holds("no base64!", TOKEN, ORIGIN, NONCE));
    }

    #[test]
    fn a_nonce_is_what_the_server_takes_and_never_the_same() -> Result<(), getrandom::Error> {
        let (one, other) = (new_nonce()?, new_nonce()?);
        assert_ne!(one, other);
        assert_eq!(one.len(), 32);
        assert!(
            one.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        );
        Ok(())
    }
}
