// Renders /openapi.json with Swagger UI; "Try it out" calls the gateway that served the page.
fetch('/openapi.json')
  .then((response) => response.json())
  .then((spec) => {
    SwaggerUIBundle({
      spec: { ...spec, servers: [{ url: window.location.origin }] },
      dom_id: '#contract',
      deepLinking: true,
      validatorUrl: null, // a server elsewhere otherwise
    });
  });
