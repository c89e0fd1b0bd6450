{{/*
The spec of the webhook's Service. What cannot be changed is taken from the Service that is there.
*/}}
{{- define "webhook.serviceSpec" -}}
{{- $service := lookup "v1" "Service" .Values.installation.namespace "webhook-service" -}}
{{- if $service -}}
{{ if $service.spec.clusterIP -}}
clusterIP: {{ $service.spec.clusterIP }}
{{- end }}
{{ if $service.spec.clusterIPs -}}
clusterIPs:
  {{ $service.spec.clusterIPs }}
{{- end }}
{{ if $service.spec.ipFamilyPolicy -}}
ipFamilyPolicy: {{ $service.spec.ipFamilyPolicy }}
{{- end }}
{{ if $service.spec.ipFamilies -}}
ipFamilies:
  {{ $service.spec.ipFamilies }}
{{- end }}
{{ if $service.spec.type -}}
type: {{ $service.spec.type }}
{{- end }}
{{- end }}
ports:
  - port: 443
    targetPort: {{ .Values.webhook.port }}
selector:
  control-plane: webhook
{{- end -}}
