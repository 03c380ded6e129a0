// In place of `@protobufjs/inquire`, by which protobufjs loads what may be
// missing: npm `long` must be, or 64-bit integers are read as the machine has it.
module.exports = (name) => (name === "buffer" ? require("node:buffer") : null);
