// In place of `@alicloud/tea-xml` and its xml2js: reads the errors that a
// gateway may give as text/xml. Like xml2js without arrays of one: an element is
// its text, or an object of its children, with attributes in `$`.
const TOKEN =
	/<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<[?!][^>]*>|<\/([^\s>]+)\s*>|<([^\s/>]+)((?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function parse(text) {
	const root = { children: {}, text: "", name: "" };
	const open = [root];
	TOKEN.lastIndex = 0;
	while (TOKEN.lastIndex < text.length) {
		const token = TOKEN.exec(text);
		if (!token) throw new Error("the answer is not well-formed XML");
		const [, cdata, closed, opened, attributes, empty, characters] = token;
		const last = open[open.length - 1];
		if (cdata !== undefined) last.text += cdata;
		else if (characters !== undefined) last.text += decode(characters);
		else if (opened !== undefined) {
			open.push({ name: opened, children: readAttributes(attributes), text: "" });
			if (empty) close(open, opened);
		} else if (closed !== undefined) close(open, closed);
	}
	if (open.length > 1 || root.text.trim() !== "")
		throw new Error("the answer is not well-formed XML");
	return Object.keys(root.children).length > 0 ? root.children : null;
}

function close(open, name) {
	const element = open.pop();
	const parent = open[open.length - 1];
	if (!parent || element.name !== name) throw new Error(`unexpected </${name}> in the answer`);
	const known = parent.children[name];
	const value = contentOf(element);
	if (known === undefined) parent.children[name] = value;
	else parent.children[name] = Array.isArray(known) ? [...known, value] : [known, value];
}

function contentOf({ children, text }) {
	const isBlank = text.trim() === "";
	if (Object.keys(children).length === 0) return isBlank ? "" : text;
	return isBlank ? children : { _: text, ...children };
}

function readAttributes(text) {
	const found = [...text.matchAll(ATTRIBUTE)].map(([, name, double, single]) => [
		name,
		decode(double ?? single),
	]);
	return found.length > 0 ? { $: Object.fromEntries(found) } : {};
}

const decode = (text) =>
	text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
		if (name) return ENTITIES[name] ?? all;
		return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal));
	});

module.exports = { __esModule: true, default: { parseXml: parse } };
