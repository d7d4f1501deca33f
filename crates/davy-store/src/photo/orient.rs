//! The eight EXIF orientations: how stored pixels must be turned to stand upright.

use super::decode::Rgb;

/// An orientation as EXIF numbers it, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    pub const UPRIGHT: Self = Self(1);

    /// Anything that is not 1 to 8 is upright.
    pub const fn from_exif(value: u32) -> Self {
        match value {
            2..=8 => Self(value as u8),
            _ => Self::UPRIGHT,
        }
    }

    const fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    pub const fn apply_to_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps_sides() { (height, width) } else { (width, height) }
    }

    /// Turns the pixels upright.
    pub fn apply(self, image: &Rgb) -> Rgb {
        if self == Self::UPRIGHT {
            return image.clone();
        }
        let (from_w, from_h) = (image.width as usize, image.height as usize);
        let (width, height) = self.apply_to_size(image.width, image.height);
        let mut pixels = Vec::with_capacity(image.pixels.len());
        for y in 0..height as usize {
            for x in 0..width as usize {
                let (from_x, from_y) = self.source(x, y, from_w, from_h);
                let at = (from_y * from_w + from_x) * 3;
                pixels.extend_from_slice(&image.pixels[at..at + 3]);
            }
        }
        Rgb { width, height, pixels }
    }

    /// Where the upright pixel (x, y) stands in the stored picture of size (w, h).
    const fn source(self, x: usize, y: usize, w: usize, h: usize) -> (usize, usize) {
        match self.0 {
            2 => (w - 1 - x, y),
            3 => (w - 1 - x, h - 1 - y),
            4 => (x, h - 1 - y),
            5 => (y, x),
            6 => (y, h - 1 - x),
            7 => (w - 1 - y, h - 1 - x),
            8 => (w - 1 - y, x),
            _ => (x, y),
        }
    }
}
