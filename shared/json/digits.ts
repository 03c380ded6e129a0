/** A larger exponent is left as it is written: its digits would fill a message. */
const MAX_EXPONENT = 400;

interface Digits {
	readonly sign: string;
	readonly whole: string;
	readonly fraction: string;
}

/** Takes a JSON number apart, its exponent worked into the place of the point. */
function digitsOf(text: string): Digits | undefined {
	const match = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text);
	if (!match) return undefined;
	const [, sign = "", whole = "", fraction = "", exponentText = "0"] = match;
	const exponent = Number(exponentText);
	if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
	const all = whole + fraction;
	const point = whole.length + exponent;
	const padded = all.padEnd(point, "0").padStart(all.length + Math.max(0, -point), "0");
	const split = Math.max(0, point);
	return {
		sign,
		whole: padded.slice(0, split).replace(/^0+(?=\d)/, "") || "0",
		fraction: padded.slice(split),
	};
}

/** The same number with a decimal point and without an exponent: `10` → `10.0`, `1e3` → `1000.0`. */
export function asDecimal(text: string): string {
	if (/^-?\d+\.\d+$/.test(text)) return text;
	const digits = digitsOf(text);
	return digits ? `${digits.sign}${digits.whole}.${digits.fraction || "0"}` : text;
}

/** The same number without point and exponent, if it is whole: `10.0` → `10`; otherwise as it was. */
export function asInteger(text: string): string {
	if (/^-?\d+$/.test(text)) return text;
	const digits = digitsOf(text);
	if (!digits || /[1-9]/.test(digits.fraction)) return text;
	return digits.whole === "0" ? "0" : `${digits.sign}${digits.whole}`;
}
