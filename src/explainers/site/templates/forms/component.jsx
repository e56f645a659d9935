// Written by `explainers embed`.
import React from "react";

const html = [[ html ]];

export default function [[ name ]]() {
  return React.createElement("div", { className: "xv-embed", dangerouslySetInnerHTML: { __html: html } });
}
