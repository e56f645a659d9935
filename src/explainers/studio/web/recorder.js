// @ts-nocheck
// Hands every block of samples to the page, on the sound's own thread.
registerProcessor("recorder", class extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage(samples.slice());
    return true;
  }
});
