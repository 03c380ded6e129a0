/**
 * Constants of PlainBuffer, the encoding of rows
 * (alibabacloud.com/help/en/tablestore/developer-reference/plainbuffer).
 */
export const HEADER = 0x75;
export const HEADER_BYTES = 4;

export const Tag = {
	rowKey: 0x01,
	rowData: 0x02,
	cell: 0x03,
	cellName: 0x04,
	cellValue: 0x05,
	cellOperation: 0x06,
	cellTimestamp: 0x07,
	deleteRowMarker: 0x08,
	rowChecksum: 0x09,
	cellChecksum: 0x0a,
} as const;

export const Variant = {
	integer: 0x0,
	double: 0x1,
	boolean: 0x2,
	string: 0x3,
	null: 0x6,
	binary: 0x7,
	infMin: 0x9,
	infMax: 0xa,
	autoIncrement: 0xb,
} as const;

export const CellOperation = { deleteAll: 0x1, deleteOne: 0x3, increment: 0x4 } as const;
