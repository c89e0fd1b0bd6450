//! Decimal arithmetic as shopspring/decimal does it: floats by their shortest digits, quotients to 16 places.

use crate::engine::function::Failure;
use crate::value::golang::strconv::shown_float;
use num_bigint::{BigInt, Sign};

/// `digits` × 10^`exponent`
pub(super) struct Decimal {
    digits: BigInt,
    exponent: i64,
}

/// The places after the point that a quotient has.
const PLACES: i64 = 16;

impl Decimal {
    /// The shortest decimal that reads back as the float.
    pub(super) fn new(float: f64) -> Result<Decimal, Failure> {
        if !float.is_finite() {
            return Err(Failure::Error(format!("Cannot create a Decimal from {}", shown_float(float))));
        }
        let shown = format!("{float:e}");
        // Rust writes a finite float as `d.ddde-dd`.
        let (mantissa, exponent) = shown.split_once('e').unwrap_or((&shown, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse().unwrap_or_default();
        let exponent = exponent.parse::<i64>().unwrap_or(0) - fraction.len() as i64;
        Ok(Decimal { digits, exponent })
    }

    /// The nearest float.
    pub(super) fn to_float(&self) -> f64 {
        // Rust reads any decimal text as the nearest float; too large a one is infinite.
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(0.0)
    }

    /// The digits of both for the smaller of the two exponents.
    fn aligned(&self, other: &Decimal) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        (self.scaled(exponent), other.scaled(exponent), exponent)
    }

    fn scaled(&self, exponent: i64) -> BigInt {
        &self.digits * power_of_ten(self.exponent - exponent)
    }

    pub(super) fn plus(&self, other: &Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal { digits: a + b, exponent }
    }

    pub(super) fn minus(&self, other: &Decimal) -> Decimal {
        let (a, b, exponent) = self.aligned(other);
        Decimal { digits: a - b, exponent }
    }

    pub(super) fn times(&self, other: &Decimal) -> Decimal {
        Decimal { digits: &self.digits * &other.digits, exponent: self.exponent + other.exponent }
    }

    /// The quotient, rounded half away from zero.
    pub(super) fn over(&self, other: &Decimal) -> Result<Decimal, Failure> {
        if other.digits.sign() == Sign::NoSign {
            return Err("decimal division by 0".into());
        }
        let shift = self.exponent - other.exponent + PLACES;
        let (a, b) = if shift < 0 {
            (self.digits.clone(), &other.digits * power_of_ten(-shift))
        } else {
            (&self.digits * power_of_ten(shift), other.digits.clone())
        };
        let (mut quotient, rest) = (&a / &b, &a % &b);
        if BigInt::from(rest.magnitude().clone()) * 2 >= BigInt::from(b.magnitude().clone()) {
            let is_negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
            quotient += if is_negative { -1 } else { 1 };
        }
        Ok(Decimal { digits: quotient, exponent: -PLACES })
    }
}

fn power_of_ten(exponent: i64) -> BigInt {
    // Exponents are those of floats, or sums of as many of them as the call has operands.
    BigInt::from(10).pow(u32::try_from(exponent).unwrap_or(0))
}
