//! A reader whose bytes are made in another thread, some chunks ahead.
//!
//! The chunks go round: the maker fills one, the reader reads it, the hasher hashes it, the maker gets it back. No chunk
//! is copied and none is allocated after the first round.

use std::io::{self, BufRead, Read};

use crossbeam_channel::{Receiver, Sender};

use crate::Error;

/// Bytes of one chunk.
pub(crate) const CHUNK: usize = 256 * 1024;
/// Chunks on their way.
pub(crate) const CHUNKS: usize = 8;

/// What the maker sends: bytes, or the error that ended them.
pub(crate) type Made = Result<Vec<u8>, Error>;

/// The reading end.
pub(crate) struct Ahead {
    made: Receiver<Made>,
    done: Sender<Vec<u8>>,
    chunk: Vec<u8>,
    at: usize,
    ended: bool,
    failure: Option<Error>,
}

impl Ahead {
    pub(crate) fn new(made: Receiver<Made>, done: Sender<Vec<u8>>) -> Self {
        Self { made, done, chunk: Vec::new(), at: 0, ended: false, failure: None }
    }

    /// Lets what was not read pass by, so that all of it is hashed; gives the error that ended the bytes, if one did
    /// and nobody met it.
    pub(crate) fn finish(mut self) -> Option<Error> {
        while !self.ended {
            self.advance();
        }
        self.failure
    }

    /// Hands the chunk on and takes the next one.
    fn advance(&mut self) {
        let chunk = std::mem::take(&mut self.chunk);
        self.at = 0;
        if !chunk.is_empty() && self.done.send(chunk).is_err() {
            self.ended = true;
            return;
        }
        match self.made.recv() {
            Ok(Ok(chunk)) => self.chunk = chunk,
            Ok(Err(error)) => {
                self.failure = Some(error);
                self.ended = true;
            }
            Err(_closed) => self.ended = true,
        }
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut available = self.fill_buf()?;
        let count = available.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Ahead {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.at >= self.chunk.len() && !self.ended {
            self.advance();
        }
        if self.at >= self.chunk.len()
            && let Some(error) = self.failure.take()
        {
            return Err(error.into_io());
        }
        Ok(self.chunk.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at = self.at.saturating_add(amount).min(self.chunk.len());
    }
}
