import { writeXml, type XmlFields } from "./xml.ts";

/** An answer before it is written to the wire. */
export interface Reply {
	readonly status: number;
	readonly body?: string;
	readonly location?: string;
}

export function xmlReply(status: number, root: string, fields: XmlFields): Reply {
	return { status, body: writeXml(root, fields) };
}
