//! The format of an encrypted blob file.
//!
//! A 40-byte header (magic, version, role, size, nonce prefix), then chunks of 64 KiB, each sealed by
//! XChaCha20-Poly1305 with nonce = prefix ‖ chunk number ‖ last flag (the STREAM construction: chunks cannot be
//! swapped, dropped or cut off). The blob's SHA-256 and the header are authenticated with every chunk, so a file
//! under a wrong name does not open.

use crate::error::{Result, StoreError};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use davy_core::event::BlobRole;
use davy_core::id::BlobId;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

const MAGIC: &[u8; 8] = b"davyblob";
const VERSION: u8 = 1;
const CHUNK: u64 = 64 * 1024;
const TAG: u64 = 16;
const PREFIX: usize = 19;
const HEADER: usize = 8 + 1 + 1 + 8 + PREFIX + 3;

/// What a blob file says about itself before its first chunk.
#[derive(Debug, Clone)]
pub struct BlobHeader {
    pub role: BlobRole,
    pub size: u64,
    prefix: [u8; PREFIX],
}

impl BlobHeader {
    pub fn new(role: BlobRole, size: u64) -> Self {
        Self { role, size, prefix: rand::random() }
    }

    fn to_bytes(&self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8] = VERSION;
        bytes[9] = self.role.code();
        bytes[10..18].copy_from_slice(&self.size.to_be_bytes());
        bytes[18..18 + PREFIX].copy_from_slice(&self.prefix);
        bytes
    }

    /// `None`: not a blob file of this version. Not yet authenticated: good for lists, not for trust.
    pub fn read(file: &mut File) -> Option<Self> {
        let mut bytes = [0; HEADER];
        file.read_exact(&mut bytes).ok()?;
        if &bytes[..8] != MAGIC || bytes[8] != VERSION {
            return None;
        }
        let size = u64::from_be_bytes(bytes[10..18].try_into().ok()?);
        Some(Self { role: BlobRole::from_code(bytes[9]), size, prefix: bytes[18..18 + PREFIX].try_into().ok()? })
    }

    fn chunks(&self) -> u64 {
        self.size.div_ceil(CHUNK).max(1)
    }

    fn nonce(&self, chunk: u64) -> XNonce {
        let mut nonce = [0; 24];
        nonce[..PREFIX].copy_from_slice(&self.prefix);
        nonce[PREFIX..23].copy_from_slice(&u32::try_from(chunk).unwrap_or(u32::MAX).to_be_bytes());
        nonce[23] = u8::from(chunk + 1 == self.chunks());
        XNonce::from(nonce)
    }

    fn authenticated(&self, id: BlobId) -> Vec<u8> {
        [id.as_bytes().as_slice(), &self.to_bytes()].concat()
    }
}

/// Writes header and chunks.
pub fn encrypt(file: &mut File, key: &[u8; 32], id: BlobId, header: &BlobHeader, bytes: &[u8]) -> std::io::Result<()> {
    let cipher = XChaCha20Poly1305::new(key.into());
    let aad = header.authenticated(id);
    file.write_all(&header.to_bytes())?;
    let step = usize::try_from(CHUNK).unwrap_or(usize::MAX);
    for chunk in 0..header.chunks() {
        let from = usize::try_from(chunk * CHUNK).unwrap_or(usize::MAX);
        let plain = &bytes[from..bytes.len().min(from + step)];
        let sealed = cipher
            .encrypt(&header.nonce(chunk), Payload { msg: plain, aad: &aad })
            .map_err(|_| std::io::Error::other("encryption failed"))?;
        file.write_all(&sealed)?;
    }
    Ok(())
}

/// An open blob file.
pub struct Opened {
    pub header: BlobHeader,
    file: File,
    path: PathBuf,
    cipher: XChaCha20Poly1305,
    aad: Vec<u8>,
    id: BlobId,
}

impl Opened {
    pub fn new(mut file: File, path: PathBuf, key: &[u8; 32], id: BlobId) -> Result<Self> {
        let damaged = StoreError::BlobDamaged { blob: id };
        let Some(header) = BlobHeader::read(&mut file) else {
            return Err(damaged);
        };
        let expected = HEADER as u64 + header.size.saturating_add(header.chunks().saturating_mul(TAG));
        let length = file.metadata().map_err(StoreError::file("reading", &path))?.len();
        // Checked before any buffer is sized by the header.
        if length != expected {
            return Err(damaged);
        }
        let aad = header.authenticated(id);
        Ok(Self { header, file, path, cipher: XChaCha20Poly1305::new(key.into()), aad, id })
    }

    /// Plain bytes from `offset`, at most `len`, fewer at the end.
    pub fn read(&mut self, offset: u64, len: u64) -> Result<Vec<u8>> {
        let end = offset.saturating_add(len).min(self.header.size);
        if offset >= end {
            // An empty blob still has one chunk to authenticate.
            if self.header.size == 0 {
                self.chunk(0)?;
            }
            return Ok(Vec::new());
        }
        let mut out = Vec::with_capacity(usize::try_from(end - offset).unwrap_or(0));
        for number in offset / CHUNK..=(end - 1) / CHUNK {
            let plain = self.chunk(number)?;
            let base = number * CHUNK;
            let from = usize::try_from(offset.saturating_sub(base)).unwrap_or(usize::MAX);
            let to = usize::try_from((end - base).min(plain.len() as u64)).unwrap_or(usize::MAX);
            out.extend_from_slice(&plain[from..to]);
        }
        Ok(out)
    }

    fn chunk(&mut self, number: u64) -> Result<Vec<u8>> {
        let plain_len = CHUNK.min(self.header.size - number * CHUNK);
        let mut sealed = vec![0; usize::try_from(plain_len + TAG).unwrap_or(0)];
        let at = HEADER as u64 + number * (CHUNK + TAG);
        let read = self.file.seek(SeekFrom::Start(at)).and_then(|_| self.file.read_exact(&mut sealed));
        read.map_err(StoreError::file("reading", &self.path))?;
        let payload = Payload { msg: &sealed, aad: &self.aad };
        self.cipher.decrypt(&self.header.nonce(number), payload).map_err(|_| StoreError::BlobDamaged { blob: self.id })
    }
}
