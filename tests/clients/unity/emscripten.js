// The parts of Emscripten that a .jslib uses, with a separate memory, through which texts pass as bytes.
// biome-ignore-all lint/correctness/noUnusedVariables: a .jslib and the tests use what stands here.
var memory = new Uint8Array(1 << 20);
var allocated = 8;
var library = {};
var LibraryManager = { library };

function _malloc(size) {
  allocated += size;
  return allocated - size;
}

function lengthBytesUTF8(text) {
  return new TextEncoder().encode(text).length;
}

function stringToUTF8(text, address, size) {
  const bytes = new TextEncoder().encode(text).subarray(0, size - 1);
  memory.set(bytes, address);
  memory[address + bytes.length] = 0;
}

function UTF8ToString(address) {
  return new TextDecoder().decode(memory.subarray(address, memory.indexOf(0, address)));
}

function autoAddDeps() {}

function mergeInto(target, functions) {
  Object.assign(target, functions);
  globalThis.StreamarioSockets = functions.$StreamarioSockets;
}

// The conversions of a string argument, and of a returned string, as C# does them.
function passed(text) {
  const size = lengthBytesUTF8(text) + 1;
  const address = _malloc(size);
  stringToUTF8(text, address, size);
  return address;
}

async function taken(id) {
  for (;;) {
    const address = library.StreamarioSocketTake(id);
    if (address) return UTF8ToString(address);
    await new Promise(requestAnimationFrame);
  }
}
