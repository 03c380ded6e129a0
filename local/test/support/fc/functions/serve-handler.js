// Serves the handler of the code folder that it is started in, as a custom runtime does.
const { createServer } = require("node:http");
const { join } = require("node:path");

const [file, name] = process.env.FC_FUNCTION_HANDLER.split(".");
const exported = require(join(process.cwd(), `${file}.js`));

function contextOf(headers) {
	return {
		requestId: headers["x-fc-request-id"],
		credentials: {
			accessKeyId: headers["x-fc-access-key-id"],
			accessKeySecret: headers["x-fc-access-key-secret"],
			securityToken: headers["x-fc-security-token"],
		},
		function: {
			name: headers["x-fc-function-name"],
			handler: headers["x-fc-function-handler"],
			memory: Number(headers["x-fc-function-memory"]),
			timeout: Number(headers["x-fc-function-timeout"]),
		},
		service: {
			logProject: "",
			logStore: "",
			qualifier: headers["x-fc-qualifier"],
			versionId: headers["x-fc-version-id"],
		},
		region: headers["x-fc-region"],
		accountId: headers["x-fc-account-id"],
		logger: console,
	};
}

const encode = (value) =>
	Buffer.isBuffer(value) || typeof value === "string" ? value : JSON.stringify(value);

createServer(async (request, response) => {
	const chunks = [];
	for await (const chunk of request) chunks.push(chunk);
	const context = contextOf(request.headers);
	try {
		if (request.url === "/initialize") await exported.initializer(context);
		else if (request.url === "/pre-stop") await exported.preStop(context);
		else {
			const result = await exported[name](Buffer.concat(chunks), context);
			response.end(encode(result));
			return;
		}
		response.end();
	} catch (error) {
		response.writeHead(404, { "x-fc-status": "404" });
		const stackTrace = String(error.stack)
			.split("\n")
			.slice(1)
			.map((line) => line.trim());
		response.end(
			JSON.stringify({ errorMessage: error.message, errorType: error.name, stackTrace }),
		);
	}
}).listen(process.env.FC_SERVER_PORT, "0.0.0.0");
