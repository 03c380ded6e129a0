/** Rows of texts as Tablestore's PlainBuffer, and the few fields of protocol buffers around them. */
const bytes = (...values) => Buffer.from(values);
const length = (size) => {
	const buffer = Buffer.alloc(4);
	buffer.writeUInt32LE(size);
	return buffer;
};

function crc8(start, content) {
	let sum = start;
	for (const byte of content) {
		sum ^= byte;
		for (let bit = 0; bit < 8; bit++) sum = ((sum << 1) ^ (sum & 0x80 ? 0x07 : 0)) & 0xff;
	}
	return sum;
}

/** @returns the cell and its checksum. */
function cell(name, text) {
	const key = Buffer.from(name);
	const content = Buffer.from(text);
	const value = Buffer.concat([bytes(3), length(content.length), content]);
	const checksum = crc8(crc8(0, key), value);
	const parts = [bytes(3, 4), length(key.length), key, bytes(5), length(value.length), value];
	return { encoded: Buffer.concat([...parts, bytes(10, checksum)]), checksum };
}

function encodeRow(id, columns = {}) {
	const key = cell("id", id);
	const others = Object.entries(columns).map(([name, text]) => cell(name, text));
	const checksum = [key, ...others].reduce((sum, one) => crc8(sum, [one.checksum]), 0);
	const data = others.length > 0 ? [bytes(2), ...others.map(({ encoded }) => encoded)] : [];
	return Buffer.concat([
		length(0x75),
		bytes(1),
		key.encoded,
		...data,
		bytes(9, crc8(checksum, [0])),
	]);
}

/** The texts of a row by their columns. */
function decodeRow(encoded) {
	const columns = {};
	let name = "";
	let at = 4;
	while (at < encoded.length) {
		const tag = encoded[at++];
		if (tag === 4 || tag === 5) {
			const size = encoded.readUInt32LE(at);
			const content = encoded.subarray(at + 4, at + 4 + size);
			if (tag === 4) name = content.toString();
			else columns[name] = content.subarray(5).toString();
			at += 4 + size;
		} else if (tag === 7) at += 8;
		else if (tag === 9 || tag === 10) at += 1;
	}
	return columns;
}

function varint(value) {
	let rest = BigInt.asUintN(64, BigInt(value));
	const out = [];
	for (; rest > 127n; rest >>= 7n) out.push(Number(rest & 127n) | 128);
	return bytes(...out, Number(rest));
}

/** Fields of a message by their numbers: a number, a text, or bytes. */
const message = (fields) =>
	Buffer.concat(
		fields.flatMap(([number, value]) => {
			if (typeof value === "number") return [varint(number << 3), varint(value)];
			const content = Buffer.from(value);
			return [varint((number << 3) | 2), varint(content.length), content];
		}),
	);

/** The bytes of one field of a message. */
function fieldOf(encoded, wanted) {
	let at = 0;
	const next = () => {
		let value = 0;
		for (let shift = 0; ; shift += 7) {
			const byte = encoded[at++];
			value += (byte & 127) * 2 ** shift;
			if (byte < 128) return value;
		}
	};
	while (at < encoded.length) {
		const tag = next();
		const size = next();
		if ((tag & 7) !== 2) continue;
		if (tag >> 3 === wanted) return encoded.subarray(at, at + size);
		at += size;
	}
	return Buffer.alloc(0);
}

module.exports = { decodeRow, encodeRow, fieldOf, message };
