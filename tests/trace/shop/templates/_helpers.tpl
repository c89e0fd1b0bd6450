{{- define "shop.labels" -}}
app: shop
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "shop.password" -}}
{{- $live := lookup "v1" "Secret" .Release.Namespace "shop" -}}
{{- if $live -}}
{{ index $live.data "password" }}
{{- else -}}
{{ randAlphaNum 20 | b64enc }}
{{- end }}
{{- end }}

{{- define "shop.never" -}}
{{ lookup "v1" "Node" "" "" | len }}
{{- end }}
