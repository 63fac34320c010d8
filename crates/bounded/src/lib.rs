//! The only door to untrusted bytes: capped decompression, tar and zip readers, one set of limits.
