"""Smart Stream: an API, its pages and an MQTT listener, in environments that come and go. See README.md."""
