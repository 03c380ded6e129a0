import { XMLParser, XMLValidator } from "fast-xml-parser";
import { MnsError, schemaViolation } from "./errors.ts";

/**
 * The namespace of every answer. The documentation writes it with a slash at its
 * end, but the official Java client binds errors to the one without
 * (MNSConstants of aliyun/aliyun-mns-java-sdk) and is the only one that looks.
 */
const NAMESPACE = "http://mns.aliyuncs.com/doc/v1";

/** An element's children by name; a repeated name gives an array. */
export type XmlNode = { readonly [name: string]: XmlValue };
export type XmlValue = string | XmlNode | readonly XmlValue[];

const parser = new XMLParser({
	ignoreAttributes: true,
	ignoreDeclaration: true,
	ignorePiTags: true,
	removeNSPrefix: true,
	parseTagValue: false,
	trimValues: false,
	// Numeric references such as &#xD; arrive from encoders that escape control characters.
	htmlEntities: true,
});

/** A document type declares entities, and no client of this API sends one: it is refused unread. */
const DOCTYPE_PATTERN = /^(?:\s|\ufeff|<\?[^>]*>|<!--(?:(?!-->)[\s\S])*-->)*<!DOCTYPE/i;

/** Parses a request body whose root must be `root`. An empty body is an empty root. */
export function parseXml(body: Buffer, root: string): XmlNode {
	if (body.length === 0) return {};
	const text = body.toString("utf8");
	if (DOCTYPE_PATTERN.test(text)) throw new MnsError("MalformedXML");
	let document: XmlNode;
	try {
		if (XMLValidator.validate(text) !== true) throw new MnsError("MalformedXML");
		document = parser.parse(text) as XmlNode;
	} catch {
		throw new MnsError("MalformedXML");
	}
	const node = document[root];
	if (node === undefined) throw schemaViolation(root);
	return isNode(node) ? node : {};
}

/** The text of a child element; undefined if there is none. */
export function textOf(node: XmlNode, name: string): string | undefined {
	const value = node[name];
	if (value === undefined) return undefined;
	if (typeof value !== "string") throw schemaViolation(name);
	return value;
}

/** The child elements of a name, none, one or many. */
export function childrenOf(node: XmlNode, name: string): readonly XmlValue[] {
	const value = node[name];
	if (value === undefined) return [];
	return Array.isArray(value) ? value : [value as XmlValue];
}

export function isNode(value: XmlValue | undefined): value is XmlNode {
	return typeof value === "object" && !Array.isArray(value);
}

export type XmlFields = { readonly [name: string]: XmlOut | undefined };
type XmlOut = string | number | boolean | XmlFields | readonly XmlOut[];

/**
 * A whole document, one element a line, as the service writes it: some clients
 * rely on the white space between elements. Undefined fields are left out.
 */
export function writeXml(root: string, fields: XmlFields): string {
	return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${writeFields(fields, "  ")}\n</${root}>`;
}

/** What the parser calls the white space between elements that a client sent. */
const BETWEEN_ELEMENTS = "#text";

function writeFields(fields: XmlFields, indent: string): string {
	return Object.entries(fields)
		.map(([name, value]) =>
			value === undefined || name === BETWEEN_ELEMENTS ? "" : writeElement(name, value, indent),
		)
		.join("");
}

/** An array is a repeated element. */
function writeElement(name: string, value: XmlOut, indent: string): string {
	if (Array.isArray(value)) return value.map((item) => writeElement(name, item, indent)).join("");
	const content =
		typeof value === "object"
			? `${writeFields(value as XmlFields, `${indent}  `)}\n${indent}`
			: escapeText(String(value));
	return `\n${indent}<${name}>${content}</${name}>`;
}

const ESCAPES: Record<string, string> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	"\r": "&#xD;",
};

/** Characters that XML 1.0 cannot carry at all (clause 2.2) become U+FFFD. */
function escapeText(text: string): string {
	return text
		.replace(/[&<>\r]/g, (character) => ESCAPES[character] ?? character)
		.replace(
			// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to find
			/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
			"\ufffd",
		);
}
