// The browser's WebSocket for WebGLSocket.cs. Events are kept here until C# takes them, each as text:
// "o" opened, "t" + a message, "c" closed or "r" refused + code, a space and the reason.
var StreamarioSocketLibrary = {
  $StreamarioSockets: {
    last: 0,
    byId: {},

    bring: function (socket, event) {
      socket.events.push(event);
      socket.arrivals += 1;
    },

    // A browser reports a refused handshake and an absent server alike. So request /healthz beside the
    // socket's URL: if it answers, the handshake was refused. The answer must allow other origins
    // (Cross-Origin-Resource-Policy), or the request fails as if no server were there.
    fail: function (socket, code, reason) {
      var health = new URL("healthz", socket.url.replace(/^ws/, "http")).href;
      fetch(health, { mode: "no-cors", credentials: "omit", cache: "no-store" }).then(
        function () { StreamarioSockets.bring(socket, "r" + code + " The server refused the handshake."); },
        function () { StreamarioSockets.bring(socket, "c" + code + " " + (reason || "Nothing answers.")); }
      );
    },

    listen: function (socket) {
      socket.web.onopen = function () {
        socket.opened = true;
        StreamarioSockets.bring(socket, "o");
      };
      socket.web.onmessage = function (event) {
        if (typeof event.data === "string") StreamarioSockets.bring(socket, "t" + event.data);
      };
      socket.web.onclose = function (event) {
        if (socket.opened) StreamarioSockets.bring(socket, "c" + event.code + " " + event.reason);
        else StreamarioSockets.fail(socket, event.code, event.reason);
      };
    },

    give: function (text) {
      var size = lengthBytesUTF8(text) + 1;
      var buffer = _malloc(size);
      stringToUTF8(text, buffer, size);
      return buffer;
    }
  },

  StreamarioSocketOpen: function (url, subprotocols) {
    var socket = { url: UTF8ToString(url), events: [], arrivals: 0, opened: false, web: null };
    var id = ++StreamarioSockets.last;
    StreamarioSockets.byId[id] = socket;
    try {
      socket.web = new WebSocket(socket.url, UTF8ToString(subprotocols).split(","));
      StreamarioSockets.listen(socket);
    } catch (error) {
      StreamarioSockets.bring(socket, "c1006 " + error.message);
    }
    return id;
  },

  StreamarioSocketArrivals: function (id) {
    var socket = StreamarioSockets.byId[id];
    return socket ? socket.arrivals : 0;
  },

  StreamarioSocketSend: function (id, text) {
    var socket = StreamarioSockets.byId[id];
    if (socket && socket.web && socket.web.readyState === 1) socket.web.send(UTF8ToString(text));
  },

  // The WebSocket standard sends queued messages before the close. Of the codes that we use, scripts may
  // only pass 1000: for any other, the close carries no code.
  StreamarioSocketClose: function (id, code) {
    var socket = StreamarioSockets.byId[id];
    if (!socket || !socket.web) return;
    if (code === 1000) socket.web.close(1000);
    else socket.web.close();
  },

  StreamarioSocketForget: function (id) {
    var socket = StreamarioSockets.byId[id];
    if (!socket) return;
    delete StreamarioSockets.byId[id];
    if (!socket.web) return;
    socket.web.onopen = socket.web.onmessage = socket.web.onclose = null;
    socket.web.close();
  },

  StreamarioSocketTake: function (id) {
    var socket = StreamarioSockets.byId[id];
    return socket && socket.events.length ? StreamarioSockets.give(socket.events.shift()) : 0;
  }
};

autoAddDeps(StreamarioSocketLibrary, "$StreamarioSockets");
mergeInto(LibraryManager.library, StreamarioSocketLibrary);
