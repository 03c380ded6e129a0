/** CRC-8 with the polynomial x^8 + x^2 + x + 1, most significant bit first, as PlainBuffer has it. */
const POLYNOMIAL = 0x07;

const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
	let remainder = byte;
	for (let bit = 0; bit < 8; bit++) {
		remainder = remainder & 0x80 ? (remainder << 1) ^ POLYNOMIAL : remainder << 1;
	}
	return remainder & 0xff;
});

export function crc8Byte(crc: number, byte: number): number {
	return TABLE[(crc ^ byte) & 0xff] ?? 0;
}

export function crc8(crc: number, bytes: Uint8Array, start: number, end: number): number {
	let sum = crc;
	for (let index = start; index < end; index++) {
		sum = TABLE[sum ^ (bytes[index] ?? 0)] ?? 0;
	}
	return sum;
}
