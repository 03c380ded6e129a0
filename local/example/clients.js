/**
 * Just enough of each service's protocol to do without the vendor's SDKs, which a real
 * project takes instead: tablestore, @alicloud/mns, @alicloud/iot20180120.
 */
const { createHash, createHmac, randomUUID } = require("node:crypto");
const { decodeRow, encodeRow, fieldOf, message } = require("./row.js");

const { env } = process;
const hmac = (text, key) => createHmac("sha1", key).update(text).digest("base64");
const keyId = () => env.ALIBABA_CLOUD_ACCESS_KEY_ID;
const secret = () => env.ALIBABA_CLOUD_ACCESS_KEY_SECRET;
const token = () => env.ALIBABA_CLOUD_SECURITY_TOKEN;

async function checked(response) {
	if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
	return Buffer.from(await response.arrayBuffer());
}

function tablestore(operation, body) {
	const headers = {
		"x-ots-accesskeyid": keyId(),
		"x-ots-apiversion": "2015-12-31",
		"x-ots-contentmd5": createHash("md5").update(body).digest("base64"),
		"x-ots-date": new Date().toISOString(),
		"x-ots-instancename": env.TABLESTORE_INSTANCE,
		...(token() ? { "x-ots-ststoken": token() } : {}),
	};
	const lines = Object.keys(headers)
		.sort()
		.map((name) => `${name}:${headers[name]}\n`);
	const signature = hmac(`/${operation}\nPOST\n\n${lines.join("")}`, secret());
	return fetch(`${env.TABLESTORE_ENDPOINT}/${operation}`, {
		method: "POST",
		headers: { ...headers, "x-ots-signature": signature },
		body,
	}).then(checked);
}

/** A table with the key `id`. */
function createTable(name) {
	const key = message([
		[1, "id"],
		[2, 2],
	]);
	const units = message([
		[
			1,
			message([
				[1, 0],
				[2, 0],
			]),
		],
	]);
	const options = message([
		[1, -1],
		[2, 1],
	]);
	return tablestore(
		"CreateTable",
		message([
			[
				1,
				message([
					[1, name],
					[2, key],
				]),
			],
			[2, units],
			[3, options],
		]),
	);
}

const putRow = (table, id, columns) =>
	tablestore(
		"PutRow",
		message([
			[1, table],
			[2, encodeRow(id, columns)],
			[3, message([[1, 0]])],
		]),
	);

const getRow = async (table, id) =>
	decodeRow(
		fieldOf(
			await tablestore(
				"GetRow",
				message([
					[1, table],
					[2, encodeRow(id)],
					[5, 1],
				]),
			),
			2,
		),
	);

function sendMessage(text) {
	const resource = `/queues/${env.QUEUE}/messages`;
	const date = new Date().toUTCString();
	const body = `<Message><MessageBody>${Buffer.from(text).toString("base64")}</MessageBody></Message>`;
	const signed = `POST\n\ntext/xml\n${date}\nx-mns-version:2015-06-06\n${resource}`;
	const headers = {
		authorization: `MNS ${keyId()}:${hmac(signed, secret())}`,
		"content-type": "text/xml",
		date,
		"x-mns-version": "2015-06-06",
		...(token() ? { "security-token": token() } : {}),
	};
	return fetch(env.MNS_ENDPOINT + resource, { method: "POST", headers, body }).then(checked);
}

const encode = (text) =>
	encodeURIComponent(text).replace(
		/[!'()*]/g,
		(one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
	);

/** Calls a service of the device. @returns its answer, as text. */
async function callDevice(service, args) {
	const query = {
		Action: "InvokeThingService",
		Version: "2018-01-20",
		Format: "JSON",
		AccessKeyId: keyId(),
		SignatureMethod: "HMAC-SHA1",
		SignatureVersion: "1.0",
		SignatureNonce: randomUUID(),
		Timestamp: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
		ProductKey: env.PRODUCT_KEY,
		DeviceName: env.DEVICE_NAME,
		Identifier: service,
		Args: args,
		...(token() ? { SecurityToken: token() } : {}),
	};
	const text = Object.keys(query)
		.sort()
		.map((name) => `${name}=${encode(query[name])}`)
		.join("&");
	const signature = hmac(`GET&%2F&${encode(text)}`, `${secret()}&`);
	const body = await fetch(`${env.IOT_ENDPOINT}/?${text}&Signature=${encode(signature)}`).then(
		checked,
	);
	const answer = JSON.parse(body);
	if (!answer.Success) throw new Error(`${answer.Code}: ${answer.ErrorMessage}`);
	return answer.Data.Result;
}

module.exports = { callDevice, createTable, getRow, putRow, sendMessage };
