//! [`Cursor`]: Avro's binary primitives read off a payload, every read checked against its end.

use super::fault::Cause;

/// A position in a payload. No read goes past the end; a failed read says why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'p> {
    payload: &'p [u8],
    at: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(payload: &'p [u8], at: usize) -> Self {
        Cursor { payload, at }
    }

    /// Bytes read so far, counted from the start of the payload.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn remaining(&self) -> usize {
        self.payload.len() - self.at
    }

    #[inline]
    fn byte(&mut self) -> Result<u8, Cause> {
        let byte = *self.payload.get(self.at).ok_or(Cause::End)?;
        self.at += 1;
        Ok(byte)
    }

    #[inline]
    fn array<const N: usize>(&mut self) -> Result<[u8; N], Cause> {
        let bytes = self.payload[self.at..].first_chunk::<N>().ok_or(Cause::End)?;
        self.at += N;
        Ok(*bytes)
    }

    /// A zigzag varint of up to 64 bits.
    #[inline]
    pub(super) fn long(&mut self) -> Result<i64, Cause> {
        let first = self.byte()?;
        if first < 0x80 {
            return Ok(unzigzag(u64::from(first)));
        }
        let mut raw = u64::from(first & 0x7f);
        let mut shift = 7;
        loop {
            let byte = self.byte()?;
            // The tenth byte holds the one bit that is left of 64.
            if shift == 63 && byte > 1 {
                return Err(Cause::Varint);
            }
            raw |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(unzigzag(raw));
            }
            shift += 7;
        }
    }

    #[inline]
    pub(super) fn int(&mut self) -> Result<i32, Cause> {
        let long = self.long()?;
        i32::try_from(long).map_err(|_| Cause::IntRange(long))
    }

    #[inline]
    pub(super) fn bool(&mut self) -> Result<bool, Cause> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(Cause::Bool(other)),
        }
    }

    #[inline]
    pub(super) fn float(&mut self) -> Result<f32, Cause> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    #[inline]
    pub(super) fn double(&mut self) -> Result<f64, Cause> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    /// The bytes of a length-prefixed `bytes` or `string`.
    #[inline]
    pub(super) fn bytes(&mut self) -> Result<&'p [u8], Cause> {
        let long = self.long()?;
        let length = usize::try_from(long).map_err(|_| Cause::Length(long))?;
        let bytes = self.payload[self.at..].get(..length).ok_or(Cause::End)?;
        self.at += length;
        Ok(bytes)
    }

    #[inline]
    pub(super) fn text(&mut self) -> Result<&'p str, Cause> {
        std::str::from_utf8(self.bytes()?).map_err(|_| Cause::Utf8)
    }

    /// The branch of a union of `branches`, or the position in an enum.
    #[inline]
    pub(super) fn index(&mut self, count: usize) -> Result<usize, Cause> {
        let long = self.long()?;
        usize::try_from(long).ok().filter(|&index| index < count).ok_or(Cause::Index(long, count))
    }

    #[inline]
    pub(super) fn skip(&mut self, bytes: usize) -> Result<(), Cause> {
        if bytes > self.remaining() {
            return Err(Cause::End);
        }
        self.at += bytes;
        Ok(())
    }
}

#[inline]
fn unzigzag(raw: u64) -> i64 {
    (raw >> 1) as i64 ^ -((raw & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_extremes_and_refuses_more_than_64_bits() {
        let max = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        let min = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(Cursor::new(&max, 0).long(), Ok(i64::MAX));
        assert_eq!(Cursor::new(&min, 0).long(), Ok(i64::MIN));
        assert_eq!(Cursor::new(&[0xff; 12], 0).long(), Err(Cause::Varint));
        assert_eq!(Cursor::new(&[0x80], 0).long(), Err(Cause::End));
    }

    #[test]
    fn a_length_past_the_end_or_negative_is_a_fault() {
        assert_eq!(Cursor::new(&[8, b'a'], 0).text(), Err(Cause::End));
        assert_eq!(Cursor::new(&[1, b'a'], 0).text(), Err(Cause::Length(-1)));
        assert_eq!(Cursor::new(&[4, b'o', b'k'], 0).text(), Ok("ok"));
    }
}
