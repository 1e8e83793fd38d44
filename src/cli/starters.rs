//! The texts that `jibe new` writes: for each kind of object a component that makes one, and an application in which a trait, policy or rule for it can be tested.

/// A kind that definitions can be started for.
pub struct Starter {
    pub kind: &'static str,
    /// Where it is imported from.
    pub api_version: &'static str,
    /// The parameters of a component that makes one, with their doc comments.
    parameters: &'static str,
    /// Values for them.
    values: &'static str,
    /// The component's `output`, indented.
    output: &'static str,
    /// What the test of the component expects, after `app.web.output.`.
    expects: &'static str,
    /// A component of the standard library that makes one, with its properties; else an object is given whole.
    unit: Unit,
}

/// What a trait is tested on.
enum Unit {
    Component(&'static str),
    /// `spec` and the like of the object.
    Object(&'static str),
}

const IMAGE: &str = "    /// The image to run.\n    image: ImageReference\n";
const IMAGE_VALUE: &str = "image: \"nginx:1.27\"";
const WORKLOAD: &str = "  let selector = { \"app.oam.dev/component\": context.name }
  output {
    spec: {
      selector: { matchLabels: selector }
      template: {
        metadata: { labels: selector }
        spec: { containers: [{ name: context.name, image: parameters.image }] }
      }
    }
  }
";
const TEMPLATE_IMAGE: &str = "spec.template.spec.containers[0].image == \"nginx:1.27\"";

/// All of them, by name.
pub const STARTERS: &[Starter] = &[
    Starter {
        kind: "ConfigMap",
        api_version: "v1",
        parameters: "    /// How much is logged.\n    level: \"debug\" | \"info\" = \"info\"\n",
        values: "level: \"debug\"",
        output: "  output { data: { LEVEL: parameters.level } }\n",
        expects: "data[\"LEVEL\"] == \"debug\"",
        unit: Unit::Object("data: { level: \"debug\" }"),
    },
    Starter {
        kind: "CronJob",
        api_version: "batch/v1",
        parameters: "    /// The image to run.\n    image: ImageReference\n    /// When it runs.\n    schedule: Cron\n",
        values: "image: \"nginx:1.27\", schedule: \"0 3 * * *\"",
        output: "  output {
    spec: {
      schedule: parameters.schedule
      jobTemplate: {
        spec: {
          template: { spec: { restartPolicy: \"OnFailure\", containers: [{ name: context.name, image: parameters.image }] } }
        }
      }
    }
  }
",
        expects: "spec.schedule == \"0 3 * * *\"",
        unit: Unit::Component("cron-task { image: \"nginx:1.27\", schedule: \"0 3 * * *\" }"),
    },
    Starter {
        kind: "DaemonSet",
        api_version: "apps/v1",
        parameters: IMAGE,
        values: IMAGE_VALUE,
        output: WORKLOAD,
        expects: TEMPLATE_IMAGE,
        unit: Unit::Component("daemon { image: \"nginx:1.27\" }"),
    },
    Starter {
        kind: "Deployment",
        api_version: "apps/v1",
        parameters: IMAGE,
        values: IMAGE_VALUE,
        output: WORKLOAD,
        expects: TEMPLATE_IMAGE,
        unit: Unit::Component("webservice { image: \"nginx:1.27\" }"),
    },
    Starter {
        kind: "HorizontalPodAutoscaler",
        api_version: "autoscaling/v2",
        parameters: "    /// The Deployment to scale.\n    of: DnsSubdomain\n    /// How many pods there are at most.\n    max: Int(1..=100)\n",
        values: "of: \"web\", max: 5",
        output: "  output {
    spec: {
      scaleTargetRef: { apiVersion: \"apps/v1\", kind: \"Deployment\", name: parameters.of }
      maxReplicas: parameters.max
    }
  }
",
        expects: "spec.maxReplicas == 5",
        unit: Unit::Object("spec: { scaleTargetRef: { apiVersion: \"apps/v1\", kind: \"Deployment\", name: \"web\" }, maxReplicas: 5 }"),
    },
    Starter {
        kind: "Ingress",
        api_version: "networking.k8s.io/v1",
        parameters: "    /// The host that is served.\n    host: Hostname\n    /// The Service behind it.\n    service: DnsLabel1035\n    /// The Service's port.\n    port: PortNumber = 80\n",
        values: "host: \"shop.example\", service: \"web\", port: 80",
        output: "  output {
    spec: {
      rules: [{
        host: parameters.host
        http: {
          paths: [{
            path: \"/\"
            pathType: \"Prefix\"
            backend: { service: { name: parameters.service, port: { number: parameters.port } } }
          }]
        }
      }]
    }
  }
",
        expects: "spec.rules[0].host == \"shop.example\"",
        unit: Unit::Object("spec: { defaultBackend: { service: { name: \"web\", port: { number: 80 } } } }"),
    },
    Starter {
        kind: "Job",
        api_version: "batch/v1",
        parameters: IMAGE,
        values: IMAGE_VALUE,
        output: "  output {
    spec: {
      template: { spec: { restartPolicy: \"Never\", containers: [{ name: context.name, image: parameters.image }] } }
    }
  }
",
        expects: TEMPLATE_IMAGE,
        unit: Unit::Component("task { image: \"nginx:1.27\" }"),
    },
    Starter {
        kind: "NetworkPolicy",
        api_version: "networking.k8s.io/v1",
        parameters: "    /// Labels of the pods that nothing reaches.\n    pods: {[LabelKey]: LabelValue}\n",
        values: "pods: { app: \"web\" }",
        output: "  output { spec: { podSelector: { matchLabels: parameters.pods }, policyTypes: [\"Ingress\"] } }\n",
        expects: "spec.policyTypes == [\"Ingress\"]",
        unit: Unit::Object("spec: { podSelector: {}, policyTypes: [\"Ingress\"] }"),
    },
    Starter {
        kind: "PersistentVolumeClaim",
        api_version: "v1",
        parameters: "    /// How large it is.\n    size: Quantity\n",
        values: "size: \"1Gi\"",
        output: "  output {\n    spec: { accessModes: [\"ReadWriteOnce\"], resources: { requests: { storage: parameters.size } } }\n  }\n",
        expects: "spec.accessModes == [\"ReadWriteOnce\"]",
        unit: Unit::Object("spec: { accessModes: [\"ReadWriteOnce\"], resources: { requests: { storage: \"1Gi\" } } }"),
    },
    Starter {
        kind: "Pod",
        api_version: "v1",
        parameters: IMAGE,
        values: IMAGE_VALUE,
        output: "  output { spec: { containers: [{ name: context.name, image: parameters.image }] } }\n",
        expects: "spec.containers[0].image == \"nginx:1.27\"",
        unit: Unit::Object("spec: { containers: [{ name: \"web\", image: \"nginx:1.27\" }] }"),
    },
    Starter {
        kind: "ReplicaSet",
        api_version: "apps/v1",
        parameters: IMAGE,
        values: IMAGE_VALUE,
        output: WORKLOAD,
        expects: TEMPLATE_IMAGE,
        unit: Unit::Object(
            "spec: { selector: { matchLabels: { app: \"web\" } }, template: { metadata: { labels: { app: \"web\" } }, spec: { containers: [{ name: \"web\", image: \"nginx:1.27\" }] } } }",
        ),
    },
    Starter {
        kind: "Secret",
        api_version: "v1",
        parameters: "    /// The password that is kept.\n    @sensitive\n    password: String\n",
        values: "password: \"example\"",
        output: "  output { stringData: { password: parameters.password } }\n",
        expects: "stringData[\"password\"] == \"example\"",
        unit: Unit::Object("stringData: { password: \"example\" }"),
    },
    Starter {
        kind: "Service",
        api_version: "v1",
        parameters: "    /// The port it listens on.\n    port: PortNumber\n",
        values: "port: 80",
        output: "  output { spec: { selector: { \"app.oam.dev/component\": context.name }, ports: [{ port: parameters.port }] } }\n",
        expects: "spec.ports[0].port == 80",
        unit: Unit::Object("spec: { selector: { app: \"web\" }, ports: [{ port: 80 }] }"),
    },
    Starter {
        kind: "ServiceAccount",
        api_version: "v1",
        parameters: "    /// Whether pods get its token.\n    token: Bool = false\n",
        values: "token: true",
        output: "  output { automountServiceAccountToken: parameters.token }\n",
        expects: "automountServiceAccountToken == true",
        unit: Unit::Object("automountServiceAccountToken: false"),
    },
    Starter {
        kind: "StatefulSet",
        api_version: "apps/v1",
        parameters: IMAGE,
        values: IMAGE_VALUE,
        output: WORKLOAD,
        expects: TEMPLATE_IMAGE,
        unit: Unit::Component("statefulset { image: \"nginx:1.27\" }"),
    },
];

impl Starter {
    /// The import line of the kind.
    pub fn import(&self) -> String {
        format!("import \"{}\" {{ {} }}\n", self.api_version, self.kind)
    }

    /// A component that makes one, and its test.
    pub fn component(&self, name: &str) -> String {
        let Self { kind, parameters, values, output, expects, .. } = self;
        let import = self.import();
        format!(
            "//! A component of ours.

{import}
/// Makes a {kind}. Say here what it is for: people choose by it.
@example({{ {values} }})
component {name}: {kind} {{
  parameters {{
{parameters}  }}
{output}}}

test \"{name} makes what it says\" {{
  let app = application shop {{ component web: {name} {{ {values} }} }}
  expect app.web.output.{expects}
}}
"
        )
    }

    /// A component of an application that is, or makes, such an object; `traits` stands in it.
    pub fn unit(&self, traits: &str) -> String {
        match self.unit {
            Unit::Component(text) if traits.is_empty() => text.to_owned(),
            Unit::Component(text) => format!("{}, {traits} }}", text.trim_end_matches(" }")),
            Unit::Object(rest) => {
                let object = format!("{{ apiVersion: \"{}\", kind: \"{}\", metadata: {{ name: \"web\" }}, {rest} }}", self.api_version, self.kind);
                let more = if traits.is_empty() { String::new() } else { format!(", {traits}") };
                format!("k8s-objects {{ objects: [{object}]{more} }}")
            }
        }
    }
}
