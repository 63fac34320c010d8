//! The only door to the network: one HTTP client with limits, TLS roots and retries.
